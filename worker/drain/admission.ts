// Which of the records that were read may go: not one that another of its ordering key comes before, and of a dedupe key
// only the record that has it in the present period.
import type { Sql } from "#db/client.ts";
import type { DueRecord } from "#db/reads/due-records.ts";
import { reserveDedupeKeys } from "#db/writes/reserve-dedupe-keys.ts";
import type { Settled } from "#db/writes/settle.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { periodOf } from "#lib/core/zoned.ts";
import { concludeDuplicate } from "#worker/drain/conclude.ts";

export type Admitted = {
  admitted: DueRecord[];
  /** Ids of records that must wait for another one of their ordering key. */
  followers: string[];
  /** Records of which another one was sent in this period: over, unsent. */
  duplicates: Settled[];
};

type Keyed = DueRecord & { dedupeKey: string };
const isKeyed = (record: DueRecord): record is Keyed => record.dedupeKey !== null;

export class Admission {
  readonly #sql: Sql;
  readonly #provider: string;
  readonly #nowMs: () => number;
  /** The period in which the records ahead have their keys; null while none has one. */
  #period: { name: string; policy: ProviderPolicy; minute: number } | null = null;

  constructor(sql: Sql, provider: string, nowMs: () => number) {
    this.#sql = sql;
    this.#provider = provider;
    this.#nowMs = nowMs;
  }

  async admit(records: DueRecord[], policy: ProviderPolicy): Promise<Admitted> {
    const firsts = records.filter(({ isFollower }) => !isFollower);
    const followers = records.filter(({ isFollower }) => isFollower).map(({ id }) => id);
    const keyed = firsts.filter(isKeyed);
    if (keyed.length === 0) return { admitted: firsts, followers, duplicates: [] };
    const name = this.#begin(policy);
    const holders = await reserveDedupeKeys(this.#sql, this.#provider, name, keyed);
    if (nameOf(policy, this.#nowMs()) !== name) return this.#tooLate(firsts, followers);
    const holderOf = ({ id }: DueRecord) => holders.get(id) ?? id;
    const nowMs = this.#nowMs();
    return {
      admitted: firsts.filter((record) => holderOf(record) === record.id),
      followers,
      duplicates: firsts
        .filter((record) => holderOf(record) !== record.id)
        .map((record) => concludeDuplicate(record, holderOf(record), nowMs)),
    };
  }

  /** The period ended while the keys were taken: those records are met again, and take theirs in the new one. */
  #tooLate(firsts: DueRecord[], followers: string[]): Admitted {
    this.#period = null;
    return { admitted: firsts.filter((record) => !isKeyed(record)), followers, duplicates: [] };
  }

  /** Once the period is over, the records that have their key in the old one must be admitted anew; null while it lasts. */
  stale(): ((record: DueRecord) => boolean) | null {
    if (this.#period === null) return null;
    const { name, policy, minute } = this.#period;
    // Periods end on whole minutes, in every zone.
    const now = minuteOf(this.#nowMs());
    if (now === minute) return null;
    this.#period = { name, policy, minute: now };
    if (nameOf(policy, this.#nowMs()) === name) return null;
    this.#period = null;
    return isKeyed;
  }

  #begin(policy: ProviderPolicy): string {
    const nowMs = this.#nowMs();
    const name = nameOf(policy, nowMs);
    this.#period = { name, policy, minute: minuteOf(nowMs) };
    return name;
  }
}

const minuteOf = (ms: number): number => Math.floor(ms / 60_000);
const nameOf = ({ windows, dedupePeriod }: ProviderPolicy, nowMs: number): string =>
  periodOf(nowMs, windows.timeZone, dedupePeriod);
