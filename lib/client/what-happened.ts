// A record's story in two sentences: what happened, and what would mend it.
import { clock, person } from "#lib/client/formats.ts";
import type { RecordDetail } from "#lib/contract/record.ts";
import { whatMends } from "#lib/core/failure-words.ts";
import type { RecordStatus } from "#lib/core/status.ts";

export type Story = { happened: string; mend: string | null };
type Given = { record: RecordDetail; zone: string; nowMs: number };

export const whatHappened = (given: Given): Story => stories[given.record.status](given);

const stories: Record<RecordStatus, (given: Given) => Story> = {
  waiting: ({ record, zone, nowMs }) => {
    if (isBehind(record)) return behind(record);
    const later = record.dueAt !== null && Date.parse(record.dueAt) > nowMs;
    return later
      ? { happened: `It leaves for ${record.providerName} at ${at(record.dueAt, zone, nowMs)}.`, mend: null }
      : { happened: `It is due and waits for its turn at ${record.providerName}.`, mend: null };
  },
  sending: ({ record }) => ({ happened: `It is on its way to ${record.providerName} now.`, mend: null }),
  retrying: ({ record, zone, nowMs }) =>
    isBehind(record)
      ? behind(record)
      : {
          happened: `${record.providerName} did not take it yet: ${quoted(record.lastError)}`,
          mend: `Nothing to do: it goes again by itself${record.dueAt === null ? "" : ` at ${at(record.dueAt, zone, nowMs)}`}.`,
        },
  held: ({ record }) => ({
    happened: `Nothing is sent to ${record.providerName} now, so it waits with the others.`,
    mend: "Nothing to do: it goes by itself when the provider is on again.",
  }),
  delivered: ({ record, zone, nowMs }) => ({
    happened: `${record.providerName} has it since ${at(record.settledAt, zone, nowMs)}${tries(record.attempts)}.`,
    mend: null,
  }),
  duplicate: ({ record, zone, nowMs }) =>
    duplicateOf(record) === null
      ? {
          happened: `${record.providerName} had it already, so nothing was done twice (${at(record.settledAt, zone, nowMs)}).`,
          mend: null,
        }
      : {
          happened: `Not sent at ${at(record.settledAt, zone, nowMs)}: another record${withKey("dedupe key", record.dedupeKey)} was first. Its timeline says which.`,
          mend: null,
        },
  failed: ({ record, ...given }) => failed(record, given),
  rejected: ({ record, zone, nowMs }) => {
    const act = record.events.findLast((event) => event.kind === "rejected");
    const by = act?.actor == null ? "" : ` by ${act.actor}`;
    return {
      happened: `Closed${by} at ${at(act?.at ?? record.settledAt, zone, nowMs)}, not sent: ${quoted(act?.reason ?? null)}`,
      mend: "Reopen it if it should be sent after all.",
    };
  },
  discarded: ({ record, zone, nowMs }) =>
    isShadowed(record)
      ? {
          happened: `Shadow: everything but the call was done at ${at(record.settledAt, zone, nowMs)}. ${record.providerName} has heard nothing of it.`,
          mend: "What would have gone is in its timeline.",
        }
      : {
          happened: `${record.providerName} refused its data, and its policy drops such records: ${quoted(record.lastError)}`,
          mend: "The next record with correct data goes through.",
        },
};

/** Whether it was settled by the shadow, and not by the provider. */
export const isShadowed = ({ status, events }: RecordDetail): boolean =>
  status === "discarded" &&
  events.findLast(({ kind }) => kind === "shadowed" || kind === "discarded")?.kind === "shadowed";

/** The record of the same dedupe key that went in its place; null when the provider itself had it. */
export function duplicateOf({ events }: Pick<RecordDetail, "events">): string | null {
  const first = events.findLast(({ kind }) => kind === "duplicate")?.detail.duplicateOf;
  return typeof first === "string" ? first : null;
}

/** Queued without a time: it waits for another of its key. */
const isBehind = ({ dueAt, orderingKey }: RecordDetail): boolean => dueAt === null && orderingKey !== null;

const behind = ({ providerName, orderingKey, lastError }: RecordDetail): Story => ({
  happened: `It waits behind an earlier record${withKey("ordering key", orderingKey)}: they go to ${providerName} one after the other.${lastError === null ? "" : ` Before, it was not taken: ${quoted(lastError)}`}`,
  mend: "It goes by itself once the earlier one is delivered, closed, or let pass.",
});

const withKey = (name: string, key: string | null): string =>
  key === null ? ` of its ${name}` : ` of the ${name} “${key}”`;

function failed(record: RecordDetail, given: Omit<Given, "record">): Story {
  const { happened, mend } = howItFailed(record, given);
  if (record.orderingKey === null) return { happened, mend };
  const others =
    record.skippedBy === null
      ? `Later records${withKey("ordering key", record.orderingKey)} wait until this one is over.`
      : `${person(record.skippedBy)} let the later records${withKey("ordering key", record.orderingKey)} pass.`;
  return { happened: `${happened} ${others}`, mend };
}

function howItFailed(record: RecordDetail, { zone, nowMs }: Omit<Given, "record">): Story {
  const when = at(record.failure?.failedAt ?? null, zone, nowMs);
  const said = quoted(record.lastError);
  if (record.failure?.outcome === "ambiguous")
    return {
      happened: `Maybe delivered: ${record.providerName} got the request at ${when}, but its answer never came. ${said}`,
      mend: "Retry is safe: it carries the same key, so the provider can tell it has it already.",
    };
  if (record.failure?.category === "client_data")
    return {
      happened: `${record.providerName} refused its data at ${when}: ${said}`,
      mend: whatMends("client_data", "Retry"),
    };
  if (record.failure?.category === "adapter_error")
    return {
      happened: `The code that makes its request broke at ${when}, before anything was sent: ${said}`,
      mend: whatMends("adapter_error", "Retry"),
    };
  if (record.failure?.category === "poison")
    return {
      happened: `A worker stopped in the middle of sending it, again and again; it was set aside at ${when}. ${said}`,
      mend: whatMends("poison", "Retry"),
    };
  return {
    happened: `Not delivered at ${when}${tries(record.attempts)}: ${said}`,
    mend: whatMends("technical", "Retry"),
  };
}

const at = (iso: string | null, zone: string, nowMs: number): string =>
  iso === null ? "an unknown time" : clock(iso, zone, nowMs);

const tries = (attempts: number): string =>
  attempts > 1 ? `, tried ${attempts} times` : attempts === 1 ? ", tried once" : "";

function quoted(text: string | null): string {
  if (text === null || text === "") return "no reason was given.";
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
