// Calls that wait to be stored. What arrives while one statement runs goes into the next, so that a commit is shared by as
// many calls as came meanwhile, and a call that comes alone waits for nobody.
//
//   arrive ──▶ waiting ──▶ under way (one statement) ──commit──▶ answered
//                 ▲ bounded by number and bytes        └─refused──▶ apart: by source, then by halves, until the bad one
//                                                                   stands alone; one statement at a time, beside the others
import type { InboundRecord, StoredRecord } from "#db/writes/store-inbound.ts";
import { inTime, TookTooLong } from "#lib/inbound/patience.ts";

export type Stored =
  | ({ kind: "stored" } & StoredRecord)
  /** The database refused this one, and would again. */
  | { kind: "refused"; error: unknown }
  /** Not stored, or not known to be: the sender must try again. */
  | { kind: "not_stored"; error: unknown };

export type ToStore = {
  record: InboundRecord;
  bytes: number;
  /** Whose call it is: what one source sends is no other's trouble. */
  source: string;
  /** Called once, after the commit or when there will be none that is known of. */
  done: (stored: Stored) => void;
  /** Called once, when no statement holds the record any more: a slow one may long after `done`. */
  over: () => void;
};

export type GroupCommit = {
  /** False when too many wait already: then neither `done` nor `over` is called. */
  add: (call: ToStore) => boolean;
  waiting: () => number;
  /** Resolves once nothing waits any more. */
  drained: () => Promise<void>;
};

export type GroupLimits = {
  /** Statements at once, one behind the other: when one ends, the database has the next already. */
  statementsMax: number;
  /** So many calls have to wait before another statement is sent behind one that runs. */
  worthwhile: number;
  rowsMax: number;
  bytesMax: number;
  waitingMax: number;
  /** Of what is stored apart. */
  apartMax: number;
  /** So long a source that had a row refused is stored apart from the others. */
  apartMs: number;
  /** Longer, and the calls of a statement are told to come again. */
  patienceMs: number;
};

export const usualLimits: GroupLimits = {
  statementsMax: 2,
  worthwhile: 25,
  rowsMax: 500,
  bytesMax: 4 * 1_048_576,
  waitingMax: 10_000,
  apartMax: 1_000,
  apartMs: 10_000,
  patienceMs: 8_000,
};

/** Of so many statements one may be of what is apart, while others wait. */
const apartEach = 4;

type Waiting = ToStore & { dueMs: number };

type Outcome =
  | { kind: "stored"; stored: StoredRecord[] }
  | { kind: "failed"; error: unknown }
  | { kind: "silent" };

/**
 * @param isRefusal whether an error is about what was to be stored, not about the database.
 * @param onSilence called when a statement was not answered within the patience.
 */
export function groupCommit(
  store: (records: readonly InboundRecord[]) => Promise<StoredRecord[]>,
  isRefusal: (error: unknown) => boolean,
  limits: GroupLimits = usualLimits,
  onSilence: () => void = () => {},
): GroupCommit {
  let waiting: Waiting[] = [];
  /** Each of one source. */
  let apart: Waiting[][] = [];
  let isApartUnderWay = false;
  /** Sources whose calls are stored apart, until then. */
  const apartUntilMs = new Map<string, number>();
  let underWay = 0;
  let answering = 0;
  let isStarting = false;
  let turn = 0;
  const whenDrained: (() => void)[] = [];

  const go = async () => {
    isStarting = false;
    underWay++;
    for (;;) {
      const isApart = isTurnOfApart();
      const group = isApart ? takeApart() : takeGroup();
      if (group.length > 0) {
        isApartUnderWay ||= isApart;
        const outcome = await outcomeOf(group);
        if (isApart) isApartUnderWay = false;
        settle(group, outcome);
      } else if (!isApart) break;
    }
    underWay--;
    tellIfDrained();
  };

  const isDrained = (): boolean => underWay === 0 && !isStarting && answering === 0;
  const tellIfDrained = (): void => {
    if (isDrained()) for (const done of whenDrained.splice(0)) done();
  };

  const isTurnOfApart = (): boolean =>
    apart.length > 0 && !isApartUnderWay && (waiting.length === 0 || turn++ % apartEach === 0);

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

  /** Without those that have waited for too long: they are told to come again, and are stored by nobody. */
  const takeApart = (): Waiting[] => {
    const nowMs = performance.now();
    const group = apart.shift() ?? [];
    const late = group.filter(({ dueMs }) => dueMs <= nowMs);
    drop(late);
    return late.length === 0 ? group : group.filter(({ dueMs }) => dueMs > nowMs);
  };

  const outcomeOf = async (group: readonly Waiting[]): Promise<Outcome> => {
    const storing = store(group.map(({ record }) => record)).then(
      (stored): Outcome => ({ kind: "stored", stored }),
      (error: unknown): Outcome => ({ kind: "failed", error }),
    );
    try {
      return await inTime(storing, limits.patienceMs);
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error;
      storing.then(() => endAll(group));
      onSilence();
      return { kind: "silent" };
    }
  };

  const settle = (group: readonly Waiting[], outcome: Outcome): void => {
    if (outcome.kind === "stored") answer(group, outcome.stored);
    else if (outcome.kind === "silent") {
      tellAll(group, { kind: "not_stored", error: new TookTooLong() });
      // A database that says nothing for so long says nothing to those behind either.
      const silent = [...waiting, ...apart.flat()];
      waiting = [];
      apart = [];
      drop(silent);
    } else if (!isRefusal(outcome.error)) {
      endAll(group);
      tellAll(group, { kind: "not_stored", error: outcome.error });
    } else if (group.length === 1) {
      for (const { source } of group) apartUntilMs.set(source, performance.now() + limits.apartMs);
      endAll(group);
      tellAll(group, { kind: "refused", error: outcome.error });
    } else {
      apart.unshift(...partsOf(group));
    }
  };

  /** After the next statement is on its way: the database is not to wait until everybody has heard. */
  const answer = (group: readonly Waiting[], stored: readonly StoredRecord[]): void => {
    answering++;
    setImmediate(() => {
      group.forEach(({ done, over }, nth) => {
        const each = stored[nth];
        over();
        done(each ? { kind: "stored", ...each } : { kind: "not_stored", error: new Error("no answer") });
      });
      answering--;
      tellIfDrained();
    });
  };

  /** Whether the call is to be stored apart, for its source's row was refused a moment ago. */
  const isOfApart = ({ source }: ToStore, nowMs: number): boolean => {
    const untilMs = apartUntilMs.size === 0 ? undefined : apartUntilMs.get(source);
    if (untilMs === undefined) return false;
    if (nowMs < untilMs) return true;
    apartUntilMs.delete(source);
    return false;
  };

  const addApart = (call: Waiting): boolean => {
    if (apart.reduce((sum, { length }) => sum + length, 0) >= limits.apartMax) return false;
    const last = apart.at(-1);
    const isRoom =
      last?.[0]?.source === call.source &&
      last.length < limits.rowsMax &&
      last.reduce((sum, { bytes }) => sum + bytes, call.bytes) <= limits.bytesMax;
    if (last && isRoom) last.push(call);
    else apart.push([call]);
    return true;
  };

  return {
    add(call) {
      const nowMs = performance.now();
      const each = { ...call, dueMs: nowMs + limits.patienceMs };
      if (isOfApart(call, nowMs)) {
        if (!addApart(each)) return false;
      } else {
        if (waiting.length >= limits.waitingMax) return false;
        waiting.push(each);
      }
      const isWorthwhile =
        underWay === 0 || waiting.length >= limits.worthwhile || (apart.length > 0 && !isApartUnderWay);
      if (!isStarting && isWorthwhile && underWay < limits.statementsMax) {
        isStarting = true;
        // After everything that has arrived in this turn of the loop.
        setImmediate(go);
      }
      return true;
    },
    waiting: () => waiting.length + apart.flat().length,
    drained: () => (isDrained() ? Promise.resolve() : new Promise((done) => whenDrained.push(done))),
  };
}

/** A group that was refused, by source; one that is of a single source, in halves. */
function partsOf(group: readonly Waiting[]): Waiting[][] {
  const bySource = [...Map.groupBy(group, ({ source }) => source).values()];
  if (bySource.length > 1) return bySource;
  const middle = group.length >> 1;
  return [group.slice(0, middle), group.slice(middle)];
}

function tellAll(group: readonly Waiting[], stored: Stored): void {
  for (const { done } of group) done(stored);
}

function endAll(group: readonly Waiting[]): void {
  for (const { over } of group) over();
}

/** Of calls that no statement holds: they are told to come again. */
function drop(group: readonly Waiting[]): void {
  endAll(group);
  tellAll(group, { kind: "not_stored", error: new TookTooLong() });
}
