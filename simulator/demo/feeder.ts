// Feeds the database, beat by beat, and lives through its restarts.
import type { Log } from "#lib/node/log.ts";
import { recordsBetween } from "#simulator/demo/feed.ts";
import type { DemoRecord } from "#simulator/demo/records.ts";

type Deps = {
  insert: (records: DemoRecord[]) => Promise<unknown>;
  log: Pick<Log, "info" | "warn">;
  /** Where the subjects' numbers begin. */
  firstNumber: number;
};

/** A beat: from and to in ms since the demo began. It never rejects. */
export type Feed = (fromMs: number, toMs: number) => Promise<void>;

/** What the database did not take is not owed: the next beat brings its own. */
export function feeder({ insert, log, firstNumber }: Deps): Feed {
  let away = false;
  return async (fromMs, toMs) => {
    const records = recordsBetween(fromMs, toMs, firstNumber);
    if (records.length === 0) return;
    try {
      await insert(records);
      if (away) log.info("the demo's records are inserted again");
      away = false;
    } catch (error) {
      // Once an outage, not once a beat.
      if (!away) log.warn({ err: error }, "the demo can't insert its records; it goes on trying");
      away = true;
    }
  };
}

/** Five digits that differ between two starts: people compare subjects. */
export const firstNumberAt = (startedAtMs: number): number =>
  10_000 + (Math.floor(startedAtMs / 1_000) % 80_000);
