// Which records a percentage lets through. A record keeps its place whatever the percentage, so one that was let through at
// 10 % is let through at 20 % as well.
import { fnv1a } from "#lib/core/hash.ts";

/**
 * @param key what is moved as one: a record's ordering key, or its id.
 * @param percentage 0..100
 */
export const isIncluded = (provider: string, key: string, percentage: number): boolean =>
  placeOf(provider, key) < percentage / 100;

/** 0 ≤ x < 1, evenly spread; another provider spreads the same keys in another way. */
function placeOf(provider: string, key: string): number {
  let value = fnv1a(`${provider}:${key}`);
  // FNV's low bits follow the last characters: two rounds of mixing (the finalizer of MurmurHash3) spread them.
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0) / 2 ** 32;
}
