// Shares and spans of time as people read them, on screens and in messages.

/** A share, 0..1, as `99.3 %`; never rounds up to a perfect 100. */
export function percent(share: number): string {
  const value = Math.floor(share * 1000) / 10;
  return `${trim(value)} %`;
}

/** `640 ms`, `2.3 s`, `45 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${trim(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return pair(seconds, 60, "min", "s");
  if (seconds < 86_400) return pair(Math.round(seconds / 60), 60, "h", "min");
  return pair(Math.round(seconds / 3_600), 24, "d", "h");
}

function pair(value: number, base: number, big: string, small: string): string {
  const rest = value % base;
  return rest === 0
    ? `${Math.floor(value / base)} ${big}`
    : `${Math.floor(value / base)} ${big} ${rest} ${small}`;
}

/** 2.0 → 2 */
export const trim = (value: number): string => value.toFixed(1).replace(/\.0$/, "");
