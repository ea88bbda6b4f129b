// Counts as people read them.
import { countCap } from "#lib/core/count-cap.ts";

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** `12,345`. */
export const number = (value: number): string => grouped.format(value);

/** `1 record`, `12,345 records`, exactly. */
export const exactly = (value: number, one: string, many = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : many}`;

/** A count that stops at its cap: `10,000+`. */
export const count = (value: number): string => (value >= countCap ? `${number(countCap)}+` : number(value));

/** `1 record`, `2 records`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
