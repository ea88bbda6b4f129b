// How many distinct records a provider refused lately: one bad record is its own trouble, most of them are a broken contract.
import { fnv1a } from "#lib/core/hash.ts";

/** Plain JSON, the newest last. `key` is a hash of the record's id; `at` in ms. */
export type Refusals = readonly { key: number; at: number; refused: boolean }[];

export const noRefusals: Refusals = [];

const rememberedMs = 600_000;
/** 39, so that 20 refusals are more than half of a full memory. */
const most = 39;
const least = 20;

/** The memory with one more record's fate; a record counts once, as it was last answered. */
export function remembered(refusals: Refusals, recordId: string, refused: boolean, nowMs: number): Refusals {
  const key = fnv1a(recordId);
  const others = refusals.filter((each) => each.key !== key && Math.abs(nowMs - each.at) <= rememberedMs);
  return [...others.slice(1 - most), { key, at: nowMs, refused }];
}

/** Whether the provider refuses more than half of at least 20 records. */
export function verdict(refusals: Refusals): { refused: number; records: number; isMost: boolean } {
  const refused = refusals.filter((each) => each.refused).length;
  const records = refusals.length;
  return { refused, records, isMost: records >= least && 2 * refused > records };
}
