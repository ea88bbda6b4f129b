// `redrive tail`: records as they come and as they change, until Ctrl-C.
import { setTimeout as pause } from "node:timers/promises";
import { type Command, type Given, textOf } from "#cli/command.ts";
import { exitCodes } from "#cli/exit-codes.ts";
import { BadUsage } from "#cli/failing.ts";
import { refuseUnknown } from "#cli/known.ts";
import { type Colour, type Output, plain } from "#cli/output.ts";
import type { Client, RecordSummary } from "#clients/client.ts";
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
/** What is said of many changes at once is looked at once, ms; without a word, as often as this. */
const pace = { least: 250, most: 1_000 };

export const tail: Command = {
  summary: "show records as they come and change, live",
  usage: "[--provider SLUG] [--status STATUS] [--search TEXT] [--last N]",
  help: `Begins with the last 10, or as many as --last says. Ctrl-C ends it.
--status is one of ${recordStatuses.join(", ")}.`,
  options: {
    provider: { type: "string" },
    status: { type: "string" },
    search: { type: "string" },
    last: { type: "string" },
  },
  reads: true,
  async run(given) {
    const query = queryOf(given);
    const last = lastOf(given);
    const redrive = given.client();
    const { ending, out } = given;
    const seen = new Map<string, string>();
    const look = async (most: number) => {
      const { items } = await redrive.listRecords({ ...query, limit: looked }, { signal: ending });
      const changed = items.filter(({ id, status }) => seen.get(id) !== status);
      if (seen.size > 0 && changed.length === looked)
        out.note(`… more than ${looked} at once: the newest ${looked} are shown.`);
      seen.clear();
      for (const { id, status } of items) seen.set(id, status);
      for (const record of changed.slice(0, most).reverse()) show(out, record);
    };
    try {
      await look(last);
      if (seen.size === 0) await refuseUnknown(redrive, { provider: query.provider }, ending);
      const changes = changesOf(redrive, ending);
      for (;;) {
        await changes.next();
        await look(looked);
      }
    } catch (error) {
      if (!ending.aborted) throw error;
      return exitCodes.interrupted;
    }
  },
};

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

/** Each time that something may have changed: the API said so, or said nothing for a while. */
function changesOf(redrive: Client, ending: AbortSignal): { next: () => Promise<void> } {
  let heard = Promise.withResolvers<void>();
  const listen = async () => {
    while (!ending.aborted) {
      // Whether the API can be reached at all, the look itself finds out.
      try {
        for await (const _ of redrive.hints(ending)) heard.resolve();
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
