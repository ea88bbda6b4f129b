// How figures read in a sentence for people.

/** Why something changed: one sentence for people, and its figures. */
export type Because = { reason: string; figures: Record<string, number | string | null> };

/** 42 s, 1.5 s */
export const seconds = (ms: number): string => `${rounded(ms / 1000, 1)} s`;

/** 480 ms, 2.3 s */
export const duration = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : seconds(ms));

/** 600000 → 10 min, 90000 → 90 s */
export const wait = (ms: number): string =>
  ms >= 60_000 && ms % 60_000 === 0 ? `${ms / 60_000} min` : seconds(ms);

/** 0.2 → 20 % */
export const percent = (share: number): string => `${Math.round(100 * share)} %`;

export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** The head of an error, like "503" of "503: …": what a provider says after it may name a person. */
export const briefly = (error: string | null): string | null => error?.split(":")[0]?.slice(0, 80) ?? null;

/** " (503)", or nothing. */
export const inBrackets = (error: string | null): string => (error === null ? "" : ` (${briefly(error)})`);
