// `redrive tail`: records as they come and as they change, until Ctrl-C.
import { setTimeout as pause } from "node:timers/promises";
import { type Command, type Given, textOf } from "#cli/command.ts";
import { exitCodes } from "#cli/exit-codes.ts";
import { BadUsage, exitCodeOf, sentenceOf } from "#cli/failing.ts";
import { refuseUnknown } from "#cli/known.ts";
import { type Colour, number, type Output, plain } from "#cli/output.ts";
import { type Client, type RecordDetail, type RecordSummary, RedriveError } from "#clients/client.ts";
import { canaryType } from "#lib/core/desk.ts";
import { type RecordStatus, recordStatuses } from "#lib/core/status.ts";

const colours: Record<RecordStatus, Colour | null> = {
  waiting: null,
  sending: null,
  retrying: "yellow",
  held: "yellow",
  delivered: "green",
  failed: "red",
  rejected: "red",
  discarded: null,
  duplicate: "green",
};

/** As many as a page has at most. */
const looked = 200;
/** How many older records are looked up at a time, and of how many it is known what was shown. */
const older = { most: 20, known: 2_000 };
/** What is said of many changes at once is looked at once, ms; without a word, as often as this. */
const pace = { least: 250, most: 1_000 };
/** The pauses while nobody answers, ms: doubled each time. */
const away = { first: 1_000, most: 30_000 };

export const tail: Command = {
  summary: "show records as they come and change, live",
  usage: "[--provider SLUG] [--status STATUS] [--search TEXT] [--last N]",
  help: `Begins with the last 10, or as many as --last says. Ctrl-C ends it. While Redrive is away, it waits for it.
It looks at the newest ${looked} that match. Of older ones it shows what is retried, fails or is acted on; with --search nothing.
--status is one of ${recordStatuses.join(", ")}.`,
  options: {
    provider: { type: "string" },
    status: { type: "string" },
    search: { type: "string" },
    last: { type: "string" },
  },
  reads: true,
  async run(given) {
    const last = lastOf(given);
    const query = queryOf(given);
    const watched: Watched = { redrive: given.client(), query, out: given.out, ending: given.ending };
    const { ending } = given;
    const lookAtNewest = newest(watched);
    const lookBack = outside(watched);
    try {
      const found = await lookAtNewest(last);
      if (found.size === 0) await refuseUnknown(watched.redrive, { provider: query.provider }, ending);
      const changes = changesOf(watched);
      for (;;) {
        const hinted = await changes.next();
        await untilAnswered(watched, async () => {
          const inView = await lookAtNewest(looked);
          await lookBack([...hinted].filter((id) => !inView.has(id)));
        });
      }
    } catch (error) {
      if (!ending.aborted) throw error;
      return exitCodes.interrupted;
    }
  },
};

type Watched = Pick<Given, "out" | "ending"> & { redrive: Client; query: ReturnType<typeof queryOf> };

/** Shows what has changed among the newest since the last look. @returns those that are in view. */
function newest({ redrive, query, out, ending }: Watched) {
  const seen = new Map<string, string>();
  return async (most: number): Promise<ReadonlyMap<string, string>> => {
    const { items } = await redrive.listRecords({ ...query, limit: looked }, { signal: ending });
    const changed = items.filter(({ id, status }) => seen.get(id) !== status);
    if (seen.size > 0 && changed.length === looked)
      out.note(`… more than ${looked} at once: the newest ${looked} are shown.`);
    seen.clear();
    for (const { id, status } of items) seen.set(id, status);
    for (const record of changed.slice(0, most).reverse()) show(out, record);
    return seen;
  };
}

/** Shows what has changed of those that are hinted at and not in view. Whether a text is found in one only the API can say. */
function outside({ redrive, query, out, ending }: Watched) {
  const seen = new Map<string, string>();
  return async (ids: readonly string[]): Promise<void> => {
    if (query.q !== undefined) return;
    for (const id of ids.slice(0, older.most)) {
      const record = await recordOf(redrive, id, ending);
      if (record === null || seen.get(id) === record.status) continue;
      // The one that was set last is forgotten last.
      seen.delete(id);
      seen.set(id, record.status);
      if (isWanted(record, query)) show(out, record);
    }
    for (const id of seen.keys()) {
      if (seen.size <= older.known) break;
      seen.delete(id);
    }
    if (ids.length > older.most)
      out.note(`… ${number(ids.length - older.most)} more of the older records may have changed.`);
  };
}

/** As a list has it; null where there is none for this key. */
async function recordOf(redrive: Client, id: string, signal: AbortSignal): Promise<RecordSummary | null> {
  try {
    return summaryOf(await redrive.getRecord(id, { signal }));
  } catch (error) {
    if (error instanceof RedriveError && ["not_found", "forbidden"].includes(error.code)) return null;
    throw error;
  }
}

function summaryOf(record: RecordDetail): RecordSummary {
  const { id, provider, status, attempts, type, subject, owner } = record;
  const { correlationId, createdAt, settledAt, dueAt, lastError } = record;
  const of = { id, provider, status, attempts, type, subject, owner };
  return { ...of, correlationId, createdAt, settledAt, dueAt, lastError };
}

/** What the list, too, would have. */
const isWanted = (record: RecordSummary, { provider, status }: Watched["query"]): boolean =>
  record.type !== canaryType &&
  (provider === undefined || record.provider === provider) &&
  (status === undefined || record.status === status);

/** Once it has worked, only a key that does not count any more ends it: a restart of the API is no reason to look away. */
async function untilAnswered({ out, ending }: Watched, look: () => Promise<void>): Promise<void> {
  for (let waitMs = away.first; ; waitMs = Math.min(away.most, waitMs * 2)) {
    try {
      await look();
      if (waitMs > away.first) out.note("It answers again.");
      return;
    } catch (error) {
      if (!(error instanceof RedriveError) || exitCodeOf(error) === exitCodes.notAllowed) throw error;
      if (waitMs === away.first) out.note(`${sentenceOf(error)} It is tried again until it answers.`, "!");
      await pause(waitMs, undefined, { signal: ending });
    }
  }
}

function show(out: Output, record: RecordSummary): void {
  out.result(record, () => {
    const { createdAt, settledAt, status, provider, subject, id, lastError } = record;
    const at = (settledAt ?? createdAt).slice(11, 19);
    const colour = colours[status];
    const word = status.padEnd(9);
    const error = lastError !== null && status !== "delivered" ? `  ${plain(lastError)}` : "";
    return [
      out.paint("dim", at),
      colour ? out.paint(colour, word) : word,
      out.paint("cyan", provider),
      plain(subject ?? id) + error,
      ...(subject === null ? [] : [out.paint("dim", id)]),
    ].join("  ");
  });
}

/** Each time that something may have changed: the API said so, maybe of which records, or said nothing for a while. */
function changesOf({ redrive, ending }: Watched): { next: () => Promise<ReadonlySet<string>> } {
  let heard = Promise.withResolvers<void>();
  let ids = new Set<string>();
  const listen = async () => {
    while (!ending.aborted) {
      // Whether the API can be reached at all, the look itself finds out.
      try {
        for await (const { topic, id } of redrive.hints(ending)) {
          if (topic === "record" && id !== undefined) ids.add(id);
          heard.resolve();
        }
      } catch {
        if (ending.aborted) return;
      }
      await pause(pace.most, undefined, { signal: ending }).catch(() => {});
    }
  };
  void listen();
  return {
    async next() {
      await pause(pace.least, undefined, { signal: ending });
      await Promise.race([heard.promise, pause(pace.most - pace.least, undefined, { signal: ending })]);
      heard = Promise.withResolvers<void>();
      const hinted = ids;
      ids = new Set();
      return hinted;
    },
  };
}

function queryOf(given: Given) {
  const text = textOf(given, "status");
  const status = recordStatuses.find((each) => each === text);
  if (text !== undefined && status === undefined)
    throw new BadUsage(`--status: must be one of ${recordStatuses.join(", ")}, not ${text}.`);
  return { status, provider: textOf(given, "provider"), q: textOf(given, "search") };
}

function lastOf(given: Given): number {
  const text = textOf(given, "last") ?? "10";
  const last = Number(text);
  if (Number.isInteger(last) && last >= 0 && last <= looked) return last;
  throw new BadUsage(`--last: must be a whole number from 0 to ${looked}, not ${text}.`);
}
