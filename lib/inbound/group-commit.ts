// Calls that wait to be stored. What arrives while one statement runs goes into the next, so that a commit is shared by as
// many calls as came meanwhile, and a call that comes alone waits for nobody.
//
//   arrive ──▶ waiting ──▶ under way (one statement) ──commit──▶ answered
//                 ▲ bounded by number and bytes        └─fails──▶ halves, until the bad one stands alone
import type { InboundRecord, StoredRecord } from "#db/writes/store-inbound.ts";

export type Stored =
  | ({ kind: "stored" } & StoredRecord)
  /** The database refused this one, and would again. */
  | { kind: "refused"; error: unknown }
  /** Not stored, or not known to be: the sender must try again. */
  | { kind: "not_stored"; error: unknown };

export type GroupCommit = {
  /** False when too many wait already. `done` is called once, after the commit or when there will be none. */
  add: (record: InboundRecord, bytes: number, done: (stored: Stored) => void) => boolean;
  waiting: () => number;
  /** Resolves once nothing waits any more. */
  drained: () => Promise<void>;
};

export type GroupLimits = {
  /** Statements at once: while one waits for the disk, another is put together. */
  statementsMax: number;
  /** So many calls have to wait before another statement is begun beside one that runs. */
  worthwhile: number;
  rowsMax: number;
  bytesMax: number;
  waitingMax: number;
  /** Longer, and the calls of a statement are told to come again. */
  patienceMs: number;
};

export const usualLimits: GroupLimits = {
  statementsMax: 2,
  worthwhile: 25,
  rowsMax: 500,
  bytesMax: 4 * 1_048_576,
  waitingMax: 10_000,
  patienceMs: 8_000,
};

type Waiting = { record: InboundRecord; bytes: number; done: (stored: Stored) => void };

/** @param isRefusal whether an error is about what was to be stored, not about the database. */
export function groupCommit(
  store: (records: readonly InboundRecord[]) => Promise<StoredRecord[]>,
  isRefusal: (error: unknown) => boolean,
  limits: GroupLimits = usualLimits,
): GroupCommit {
  let waiting: Waiting[] = [];
  let underWay = 0;
  let isStarting = false;
  const whenDrained: (() => void)[] = [];

  const go = async () => {
    isStarting = false;
    underWay++;
    while (waiting.length > 0) {
      const group = takeGroup();
      if (!(await within(limits.patienceMs, storeAll(group)))) {
        // A database that says nothing for so long says nothing to those behind either.
        const silent = waiting;
        waiting = [];
        for (const each of [...group, ...silent]) each.done({ kind: "not_stored", error: new TookTooLong() });
      }
    }
    underWay--;
    if (underWay === 0) for (const done of whenDrained.splice(0)) done();
  };

  const takeGroup = (): Waiting[] => {
    let bytes = 0;
    let rows = 0;
    for (const each of waiting) {
      bytes += each.bytes;
      if (rows > 0 && (rows === limits.rowsMax || bytes > limits.bytesMax)) break;
      rows++;
    }
    return waiting.splice(0, rows);
  };

  const storeAll = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const stored = await store(group.map(({ record }) => record));
      group.forEach(({ done }, nth) => {
        const each = stored[nth];
        done(each ? { kind: "stored", ...each } : { kind: "not_stored", error: new Error("no answer") });
      });
    } catch (error) {
      if (!isRefusal(error)) return tellAll(group, { kind: "not_stored", error });
      if (group.length === 1) return tellAll(group, { kind: "refused", error });
      const middle = group.length >> 1;
      await storeAll(group.slice(0, middle));
      await storeAll(group.slice(middle));
    }
  };

  return {
    add(record, bytes, done) {
      if (waiting.length >= limits.waitingMax) return false;
      waiting.push({ record, bytes, done: once(done) });
      const isWorthwhile = underWay === 0 || waiting.length >= limits.worthwhile;
      if (!isStarting && isWorthwhile && underWay < limits.statementsMax) {
        isStarting = true;
        // After everything that has arrived in this turn of the loop.
        setImmediate(go);
      }
      return true;
    },
    waiting: () => waiting.length,
    drained: () =>
      underWay > 0 || isStarting ? new Promise((done) => whenDrained.push(done)) : Promise.resolve(),
  };
}

/** The statement may still run, and even commit: whoever repeats the call is then a duplicate. */
export class TookTooLong extends Error {
  override name = "TookTooLong";
  constructor() {
    super("the database took too long");
  }
}

function tellAll(group: readonly Waiting[], stored: Stored): void {
  for (const { done } of group) done(stored);
}

function once(done: (stored: Stored) => void): (stored: Stored) => void {
  let isDone = false;
  return (stored) => {
    if (isDone) return;
    isDone = true;
    done(stored);
  };
}

/** Whether `work` ended in time; it goes on by itself otherwise. */
async function within(ms: number, work: Promise<void>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), ms);
  try {
    return await Promise.race([work.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
