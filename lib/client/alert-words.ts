// Alert rules in words: what each kind looks for, and what its parameters are called.
import { duration, number, percent } from "#lib/client/formats.ts";
import { holdWords } from "#lib/client/words.ts";
import type { Alert, AlertRule } from "#lib/contract/alert.ts";
import type { AlertKind, Severity } from "#lib/core/desk.ts";
import { type Hold, holds } from "#lib/core/status.ts";

export const kindWords: Record<AlertKind, string> = {
  backlog_growing: "Backlog grows faster than it drains",
  oldest_record: "Oldest record too old",
  breaker_open: "Breaker open",
  success_rate: "Too few attempts succeed",
  failures: "Failures, new or piling up",
  canary: "Canary failed or slow",
  worker_silent: "Worker silent",
  queue_without_owner: "Due records that nobody delivers",
  token_failing: "Access token can't be fetched",
  partitions: "Partitions missing",
  disk: "Database or disk too full",
  no_data: "No data",
};

export const severityWords: Record<Severity, string> = {
  info: "Info",
  warning: "Warning",
  critical: "Critical",
};

export type ParamField =
  | { name: string; label: string; kind: "ms"; help?: string }
  | { name: string; label: string; kind: "count"; help?: string; empty?: string }
  | { name: string; label: string; kind: "share"; help?: string }
  | { name: string; label: string; kind: "flag"; help?: string }
  | { name: string; label: string; kind: "list"; help?: string }
  | {
      name: string;
      label: string;
      kind: "choice";
      choices: { value: string; label: string }[];
      help?: string;
    };

const calm: ParamField = {
  name: "calmMs",
  label: "Resolve after",
  kind: "ms",
  help: "It must be well for so long.",
};
const except: ParamField = {
  name: "exceptProviders",
  label: "Not for these providers",
  kind: "list",
  help: "Their short names, separated by commas.",
};
const windowMs: ParamField = { name: "windowMs", label: "Look back over", kind: "ms" };

/** What a kind's form asks for, in its order. */
export const paramFields: Record<AlertKind, ParamField[]> = {
  backlog_growing: [
    windowMs,
    { name: "minBacklog", label: "From this backlog on", kind: "count" },
    except,
    calm,
  ],
  oldest_record: [
    { name: "targetMs", label: "Target", kind: "ms", help: "Due for longer than this is too old." },
    {
      name: "exceptHolds",
      label: "Not while held because of",
      kind: "list",
      help: `Any of ${holds.join(", ")}, separated by commas.`,
    },
    except,
    calm,
  ],
  breaker_open: [except, calm],
  success_rate: [
    { name: "below", label: "Limit", kind: "share", help: "Fewer than this share is too few." },
    { name: "minimum", label: "From this many attempts on", kind: "count" },
    windowMs,
    except,
    calm,
  ],
  failures: [
    {
      name: "when",
      label: "When",
      kind: "choice",
      choices: [
        { value: "new", label: "a new kind of failure appears" },
        { value: "growing", label: "one kind piles up" },
      ],
    },
    { name: "count", label: "Failures in the window", kind: "count", help: "For what piles up." },
    windowMs,
    except,
    calm,
  ],
  canary: [{ name: "failures", label: "Failed runs in a row", kind: "count" }, except, calm],
  worker_silent: [
    {
      name: "who",
      label: "Who",
      kind: "choice",
      choices: [
        { value: "all", label: "all workers are silent" },
        { value: "each", label: "any worker vanished" },
      ],
    },
    { name: "silentMs", label: "Silent for", kind: "ms" },
    calm,
  ],
  queue_without_owner: [except, calm],
  token_failing: [
    { name: "staleMs", label: "Forget after", kind: "ms", help: "When nobody has tried again for so long." },
    calm,
  ],
  partitions: [
    { name: "days", label: "Days ahead", kind: "count" },
    { name: "defaultToo", label: "Also when rows wait in a default partition", kind: "flag" },
    calm,
  ],
  disk: [
    { name: "databaseBytesMax", label: "Most bytes of the database", kind: "count", empty: "no limit" },
    {
      name: "freeShareMin",
      label: "Least free share of the disk",
      kind: "share",
      help: "Where the disk can be seen.",
    },
    calm,
  ],
  no_data: [
    {
      name: "what",
      label: "What is missing",
      kind: "choice",
      choices: [
        { value: "samples", label: "figures, while records wait" },
        { value: "evaluation", label: "looks at the alert rules" },
      ],
    },
    { name: "silentMs", label: "Missing for", kind: "ms" },
    calm,
  ],
};

const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const ms = (value: unknown): string => duration(numberOf(value));

/** What a rule waits for, as a sentence. */
export function ruleSentence({ kind, params, provider, forMs }: AlertRule): string {
  const what = conditions[kind](params);
  const of = provider === null ? "" : ` Only for ${provider}.`;
  const not = listOf(params.exceptProviders);
  const wait = forMs === 0 ? "" : ` for ${duration(forMs)}`;
  // "…, for 5 min": the comma is the condition's own, and goes where nothing follows.
  return `${wait === "" ? what.replace(/,$/, "") : what}${wait}.${of}${not.length === 0 ? "" : ` Not for ${not.join(", ")}.`}`;
}

type Params = Record<string, unknown>;

const conditions: Record<AlertKind, (params: Params) => string> = {
  backlog_growing: (params) =>
    `More comes than is delivered, and ${number(numberOf(params.minBacklog))} or more wait,`,
  oldest_record: (params) => {
    const not = listOf(params.exceptHolds).map((hold) => holdWords[hold as Hold] ?? hold);
    return `A record has been due for more than ${ms(params.targetMs)}${not.length === 0 ? "" : ` (unless held: ${not.join(", ")})`},`;
  },
  breaker_open: () => "A breaker is open",
  success_rate: (params) =>
    `Under ${percent(numberOf(params.below))} of at least ${number(numberOf(params.minimum))} attempts in ${ms(params.windowMs)} succeed,`,
  failures: (params) =>
    params.when === "new"
      ? `A kind of failure appeared within ${ms(params.windowMs)}`
      : `${number(numberOf(params.count))} or more failures of one kind came within ${ms(params.windowMs)}`,
  canary: (params) =>
    numberOf(params.failures) === 1
      ? "A canary's last run failed or was slow"
      : `A canary failed ${numberOf(params.failures)} times in a row`,
  worker_silent: (params) =>
    params.who === "each"
      ? `A worker has been silent for ${ms(params.silentMs)} and did not sign off`
      : `No worker has been seen for ${ms(params.silentMs)}`,
  queue_without_owner: () => "Records are due, nothing holds them, and no worker delivers them",
  token_failing: () => "An access token can't be fetched",
  partitions: (params) => `Partitions of the next ${numberOf(params.days)} days are missing`,
  disk: (params) =>
    `Less than ${percent(numberOf(params.freeShareMin))} of the disk is free${params.databaseBytesMax === null ? "" : `, or the database is over ${number(numberOf(params.databaseBytesMax) / 1e6)} MB`},`,
  no_data: (params) =>
    params.what === "evaluation"
      ? `Nobody looked at the alert rules for ${ms(params.silentMs)}`
      : `Records wait, and no figures were written down for ${ms(params.silentMs)}`,
};

/** Where an alert is looked into; null when there is no such page. */
export function alertLink({ kind, about, provider }: Pick<Alert, "kind" | "about" | "provider">) {
  if (kind === "failures" && provider !== null)
    return { href: `/failures?provider=${encodeURIComponent(provider)}`, label: "See the failures" };
  if (provider !== null)
    return { href: `/providers/${encodeURIComponent(provider)}`, label: "See the provider" };
  return about === "" || kind !== "canary" ? null : { href: "/providers", label: "See the providers" };
}
