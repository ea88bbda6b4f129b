// How many calls of each source came, and what became of them: counted in memory, and added up in the database every few
// seconds, apart from the storing.
import type { InboundCount } from "#db/writes/count-inbound.ts";
import type { Log } from "#lib/node/log.ts";

export type Counts = {
  accepted: (source: string, duplicate: boolean) => void;
  refused: (source: string, why: string) => void;
  notStored: (source: string) => void;
  /** Writes what is left. */
  stop: () => Promise<void>;
};

const writeEveryMs = 2_000;
/** While the database is away: minutes of sources, the oldest of which are then forgotten. */
export const keptMax = 10_000;

/** As it is counted, ten thousand times a second: the minute as a number since 1970, the time in ms. */
type Count = Omit<InboundCount, "minute" | "acceptedAt"> & { minute: number; acceptedMs: number | null };

const minuteMs = 60_000;

/** @param add adds counts to those in the database, all or none. */
export function countCalls(add: (counts: readonly InboundCount[]) => Promise<void>, log: Log): Counts {
  let open = new Map<string, Count>();

  const of = (source: string): Count => {
    const minute = Math.floor(Date.now() / minuteMs);
    const key = `${minute} ${source}`;
    const known = open.get(key);
    if (known) return known;
    const zero = { accepted: 0, duplicates: 0, refused: 0, notStored: 0, acceptedMs: null, refusal: null };
    const fresh = { source, minute, ...zero };
    open.set(key, fresh);
    forgetOldest(open);
    return fresh;
  };

  const write = async () => {
    if (open.size === 0) return;
    const counts = open;
    open = new Map();
    try {
      await add([...counts.values()].map(asStored));
    } catch (error) {
      log.debug({ err: error }, "the counts of calls could not be written; they are kept");
      for (const [key, count] of open) counts.set(key, sumOf(counts.get(key), count));
      open = counts;
      forgetOldest(open);
    }
  };
  // One at a time: a database that is slow to answer is not asked the same by another statement.
  let writing: Promise<void> | null = null;
  const timer = setInterval(() => {
    writing ??= write().finally(() => {
      writing = null;
    });
  }, writeEveryMs);
  timer.unref();

  return {
    accepted(source, duplicate) {
      const count = of(source);
      count.accepted++;
      if (duplicate) count.duplicates++;
      count.acceptedMs = Date.now();
    },
    refused(source, why) {
      const count = of(source);
      count.refused++;
      count.refusal = why;
    },
    notStored(source) {
      of(source).notStored++;
    },
    async stop() {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}

/** They are in the order in which they were begun. */
function forgetOldest(counts: Map<string, Count>): void {
  for (const key of counts.keys()) {
    if (counts.size <= keptMax) return;
    counts.delete(key);
  }
}

const sumOf = (before: Count | undefined, since: Count): Count =>
  before === undefined
    ? since
    : {
        ...since,
        accepted: before.accepted + since.accepted,
        duplicates: before.duplicates + since.duplicates,
        refused: before.refused + since.refused,
        notStored: before.notStored + since.notStored,
        acceptedMs: since.acceptedMs ?? before.acceptedMs,
        refusal: since.refusal ?? before.refusal,
      };

const asStored = ({ minute, acceptedMs, ...count }: Count): InboundCount => ({
  ...count,
  minute: new Date(minute * minuteMs).toISOString(),
  acceptedAt: acceptedMs === null ? null : new Date(acceptedMs).toISOString(),
});
