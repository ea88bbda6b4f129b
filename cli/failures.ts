// `redrive failures`, `retry`, `reject`: what waits for a person, and what a person does about it.

import { type Command, type Given, textOf } from "#cli/command.ts";
import { exitCodes } from "#cli/exit-codes.ts";
import { BadUsage } from "#cli/failing.ts";
import { onEach } from "#cli/ids.ts";
import { refuseUnknown } from "#cli/known.ts";
import { type Column, number, type Output } from "#cli/output.ts";
import { each, type Failure } from "#clients/client.ts";
import { type RejectCode, rejectCodes } from "#lib/core/status.ts";

/** As many as a page has at most. */
const pageMax = 200;

const columns: Column<Failure>[] = [
  { name: "FAILED", text: ({ failedAt }) => failedAt.slice(0, 19).replace("T", " ") },
  { name: "PROVIDER", text: ({ provider }) => provider, colour: () => "cyan" },
  { name: "TEAM", text: ({ team }) => team },
  { name: "SUBJECT", text: ({ subject }) => subject },
  { name: "WHY", text: ({ message }) => message, colour: () => "red", isLong: true },
  { name: "ID", text: ({ id }) => id, colour: () => "dim" },
];

export const failures: Command = {
  summary: "list what waits for a person",
  usage: "[--provider SLUG] [--team SLUG] [--search TEXT] [--rejected] [--limit N | --all]",
  help: `The newest first, 50 unless --limit or --all says otherwise; where there are more, it says so.
With --json each is a line, which redrive retry - takes.`,
  options: {
    provider: { type: "string" },
    team: { type: "string" },
    search: { type: "string" },
    rejected: { type: "boolean" },
    limit: { type: "string" },
    all: { type: "boolean" },
  },
  reads: true,
  async run(given) {
    const { out, values, ending } = given;
    const redrive = given.client();
    const limit = limitOf(given);
    const shown = listing(out);
    const query = {
      state: values.rejected ? ("rejected" as const) : ("open" as const),
      provider: textOf(given, "provider"),
      team: textOf(given, "team"),
      q: textOf(given, "search"),
      // One more tells whether there are more.
      limit: Math.min(limit + 1, pageMax),
    };
    let isCut = false;
    for await (const failure of each(redrive.listFailures, query, { signal: ending })) {
      isCut = shown.count() === limit;
      if (isCut) break;
      shown.add(failure);
    }
    if (shown.count() === 0) await refuseUnknown(redrive, query, ending);
    shown.end();
    if (isCut) out.note(`${number(limit)} shown, there are more: --limit N or --all.`, "!");
    return exitCodes.done;
  },
};

/** JSON goes out as it comes, however much there is; a table must know all of it for its widths. */
function listing(out: Output) {
  const rows: Failure[] = [];
  let count = 0;
  return {
    count: () => count,
    add(failure: Failure): void {
      count++;
      if (out.json) out.result(failure, () => failure.id);
      else rows.push(failure);
    },
    end: () => out.table(rows, columns, "Nothing waits for a person."),
  };
}

export const retry: Command = {
  summary: "send failures again",
  usage: "ID… | - [--reason TEXT] [--at TIME]",
  words: Number.POSITIVE_INFINITY,
  help: "They leave in five seconds, or at --at, like 2026-03-01T18:00:00Z. With - ids are read from stdin, one a line.",
  options: { reason: { type: "string" }, at: { type: "string" } },
  run: (given) =>
    onEach(
      given,
      (redrive, id) => redrive.retryRecord(id, { reason: textOf(given, "reason"), at: textOf(given, "at") }),
      ({ status, dueAt }) => (dueAt === null ? status : `${status}, leaves at ${dueAt}`),
    ),
};

export const reject: Command = {
  summary: "close failures unsent",
  usage: "ID… | - --reason TEXT [--code CODE]",
  words: Number.POSITIVE_INFINITY,
  help: `--code is one of ${rejectCodes.join(", ")}; other unless said. With - ids are read from stdin, one a line.`,
  options: { reason: { type: "string" }, code: { type: "string" } },
  run(given) {
    const reason = textOf(given, "reason");
    if (!reason?.trim()) throw new BadUsage("--reason: say why; it is what the next person reads.");
    const code = codeOf(given);
    return onEach(
      given,
      (redrive, id) => redrive.rejectRecord(id, { reason, code }),
      ({ status }) => status,
    );
  },
};

function codeOf(given: Given): RejectCode | undefined {
  const text = textOf(given, "code");
  const code = rejectCodes.find((each) => each === text);
  if (text !== undefined && code === undefined)
    throw new BadUsage(`--code: must be one of ${rejectCodes.join(", ")}, not ${text}.`);
  return code;
}

function limitOf(given: Given): number {
  const asked = textOf(given, "limit");
  if (given.values.all && asked !== undefined) throw new BadUsage("--all: is without a --limit.");
  if (given.values.all) return Number.POSITIVE_INFINITY;
  const text = asked ?? "50";
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new BadUsage(`--limit: must be a whole number from 1 on, not ${text}.`);
}
