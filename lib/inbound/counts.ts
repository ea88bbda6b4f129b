// How many calls of each source came, and what became of them: counted in memory, and added up in the database every few
// seconds, apart from the storing.
import type { Sql } from "#db/client.ts";
import { countInbound, type InboundCount } from "#db/writes/count-inbound.ts";
import type { Log } from "#lib/node/log.ts";

export type Counts = {
  accepted: (source: string, duplicate: boolean) => void;
  refused: (source: string, why: string) => void;
  notStored: (source: string) => void;
  /** Writes what is left. */
  stop: () => Promise<void>;
};

const writeEveryMs = 2_000;
/** While the database is away: minutes of sources, the rest of which is forgotten. */
const keptMax = 10_000;

/** As it is counted, ten thousand times a second: the minute as a number since 1970, the time in ms. */
type Count = Omit<InboundCount, "minute" | "acceptedAt"> & { minute: number; acceptedMs: number | null };

const minuteMs = 60_000;

export function countCalls(sql: Sql, log: Log): Counts {
  let open = new Map<string, Count>();

  const of = (source: string): Count => {
    const minute = Math.floor(Date.now() / minuteMs);
    const key = `${minute} ${source}`;
    const known = open.get(key);
    if (known) return known;
    const zero = { accepted: 0, duplicates: 0, refused: 0, notStored: 0, acceptedMs: null, refusal: null };
    const fresh = { source, minute, ...zero };
    if (open.size < keptMax) open.set(key, fresh);
    return fresh;
  };

  const write = async () => {
    if (open.size === 0) return;
    const counts = open;
    open = new Map();
    try {
      await countInbound(sql, [...counts.values()].map(asStored));
    } catch (error) {
      log.debug({ err: error }, "the counts of calls could not be written; they are kept");
      for (const [key, count] of counts) open.set(key, sumOf(count, open.get(key)));
    }
  };
  let writing = Promise.resolve();
  const timer = setInterval(() => {
    writing = write();
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

const sumOf = (one: Count, other: Count | undefined): Count =>
  other === undefined
    ? one
    : {
        ...one,
        accepted: one.accepted + other.accepted,
        duplicates: one.duplicates + other.duplicates,
        refused: one.refused + other.refused,
        notStored: one.notStored + other.notStored,
        acceptedMs: other.acceptedMs ?? one.acceptedMs,
        refusal: other.refusal ?? one.refusal,
      };

const asStored = ({ minute, acceptedMs, ...count }: Count): InboundCount => ({
  ...count,
  minute: new Date(minute * minuteMs).toISOString(),
  acceptedAt: acceptedMs === null ? null : new Date(acceptedMs).toISOString(),
});
