// One attempt of one record: what came back, classified, blamed and decided; the result is what gets settled.
import type { DueRecord } from "#db/reads/due-records.ts";
import type { Settled } from "#db/writes/settle.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { backoffMs } from "#lib/core/backoff.ts";
import { isCharged } from "#lib/core/blame.ts";
import { type Classified, classify } from "#lib/core/classify.ts";
import { decide } from "#lib/core/decide.ts";
import { fingerprint } from "#lib/core/fingerprint.ts";
import type { Reply } from "#lib/core/reply.ts";
import { retryAfterMs } from "#lib/core/retry-after.ts";
import { firstMatch } from "#lib/core/rules.ts";
import type { BreakerState, FailureCategory, Team } from "#lib/core/status.ts";
import type { Reading } from "#worker/adapters/adapter.ts";

/** How much of a provider's answer the timeline keeps, characters. */
const keptBody = 2_000;
/** How much of it a continuation is given. */
const continuedBody = 65_536;
/** How much of an answer is kept for the application: all that is read of one. */
const keptResponse = 1_048_576;

/** The timeline's column holds no more; a record that is asked to wait each second comes there in nine hours. */
const triesMax = 32_767;

/** An attempt that is over: when, and its place in its trace. */
export type Ended = { record: DueRecord; span: string; startedAtMs: number; endedAtMs: number };

export type Replied = Ended & { reply: Reply; reading: Reading | null; classified: Classified };

/**
 * What a reply means. A rule of the provider's policy has the last word, then what its adapter read in it, then the usual
 * statuses.
 */
export function meaningOf(
  reply: Reply,
  reading: Reading | null,
  { rules }: Pick<ProviderPolicy, "rules">,
  nowMs: number,
): Classified {
  const rule = reply.kind === "response" ? firstMatch(rules, reply) : null;
  const classified = classify(reply, nowMs, rule === null ? [] : [rule]);
  if (reading === null || rule !== null) return classified;
  const outcome = reading.outcome ?? classified.outcome;
  const isWell = outcome === "delivered" || outcome === "duplicate";
  return {
    ...classified,
    outcome,
    // The status may not have been one that asks to wait.
    retryAfterMs: outcome === "throttled" ? waitOf(reply, nowMs) : classified.retryAfterMs,
    error: isWell ? null : (reading.error ?? classified.error),
  };
}

const waitOf = (reply: Reply, nowMs: number): number | null =>
  reply.kind === "response" ? retryAfterMs(reply.headers, nowMs) : null;

/** What to write down of an attempt that was answered, or was not, given how its provider is. */
export function conclude(
  provider: string,
  replied: Replied,
  given: {
    policy: ProviderPolicy;
    breaker: BreakerState;
    lastSuccessAtMs: number | null;
    random: () => number;
  },
): Settled {
  const { record, reply, classified, startedAtMs } = replied;
  const charged = isCharged(classified.outcome, {
    // Sent one at a time, nobody else's call can succeed during this one; so what counts is the time since the last try.
    startedAtMs: record.triedAtMs ?? startedAtMs,
    lastSuccessAtMs: given.lastSuccessAtMs,
    breaker: given.breaker,
  });
  const decision = decide(classified, record, { policy: given.policy, charged, random: given.random() });
  const base = {
    ...baseOf(replied),
    outcome: classified.outcome,
    status: reply.kind === "response" ? reply.status : null,
    detail: { ...carried(replied), ...detailOf(reply, classified, charged) },
  };
  switch (decision.action) {
    case "deliver":
      return {
        ...base,
        kind: decision.kind,
        detail: deliveredDetail(replied, given.policy),
        continuation: continuationOf(record.onDelivered, provider, replied),
      };
    case "retry":
      return { ...base, kind: "attempted", attempts: decision.attempts, dueInMs: decision.dueInMs };
    case "fail": {
      const continuation = continuationOf(record.onFailed, provider, replied);
      const { attempts, category, team } = decision;
      if (classified.outcome === "invalid" && given.policy.onInvalid === "discard") {
        return { ...base, kind: "discarded", attempts, continuation };
      }
      const message = classified.error ?? "It failed without a word.";
      return {
        ...base,
        kind: "failed",
        attempts,
        failure: failureOf(provider, base, record, { category, team, message }),
        continuation,
      };
    }
  }
}

/** Everything but the call was done. */
export function concludeShadowed(ended: Ended, request: Record<string, unknown>): Settled {
  return {
    ...baseOf(ended),
    kind: "shadowed",
    outcome: "delivered",
    called: false,
    tries: ended.record.tries,
    detail: { ...carried(ended), request: cutDeep(request) },
  };
}

/** Another record of the same dedupe key was first. */
export function concludeDuplicate(record: DueRecord, duplicateOf: string, nowMs: number): Settled {
  return {
    ...baseOf({ record, span: "", startedAtMs: nowMs, endedAtMs: nowMs }),
    kind: "duplicate",
    outcome: "duplicate",
    called: false,
    tries: record.tries,
    detail: { ...carriedOf(record), duplicateOf },
  };
}

/** The adapter found the record's data wrong before anything was sent. */
export function concludeBadPayload(
  provider: string,
  ended: Ended,
  message: string,
  policy: ProviderPolicy,
): Settled {
  const error = `The record can't be sent as it is: ${message}`;
  const base = {
    ...baseOf(ended),
    outcome: "invalid" as const,
    attempts: ended.record.attempts + 1,
    called: false,
  };
  const detail = { ...carried(ended), error: clean(error) };
  const continuation = continuationFor(ended.record.onFailed, provider, ended.record, {
    outcome: "invalid",
    status: null,
    response: null,
    error,
  });
  if (policy.onInvalid === "discard") return { ...base, kind: "discarded", detail, continuation };
  const failure = failureOf(provider, base, ended.record, {
    category: "client_data",
    team: "client_data",
    message: error,
  });
  return { ...base, kind: "failed", detail, failure, continuation };
}

/** The adapter threw: nothing that waiting would mend. `reply` is what it could not read; null when nothing was called. */
export function concludeAdapterError(
  provider: string,
  ended: Ended,
  { message, stack, reply }: { message: string; stack: string; reply: Reply | null },
): Settled {
  const error = `The adapter threw: ${message}`;
  const base = {
    ...baseOf(ended),
    outcome: "unexpected" as const,
    called: reply !== null,
    status: reply?.kind === "response" ? reply.status : null,
    // The provider may have taken it: its dedupe key stays taken.
    dedupeKey: reply === null ? ended.record.dedupeKey : null,
  };
  return {
    ...base,
    kind: "failed",
    detail: { ...carried(ended), error: clean(error), stack: clean(stack, 8_000) },
    failure: failureOf(provider, base, ended.record, {
      category: "adapter_error",
      team: "technical",
      message: error,
    }),
    continuation: continuationFor(ended.record.onFailed, provider, ended.record, {
      outcome: "unexpected",
      status: null,
      response: null,
      error,
    }),
  };
}

/** What every result of an attempt has; by itself it says that the record is over. */
function baseOf({ record, startedAtMs, endedAtMs }: Ended) {
  return {
    id: record.id,
    called: true,
    attempts: record.attempts,
    tries: nextTry(record),
    atMs: endedAtMs,
    durationMs: Math.max(0, Math.round(endedAtMs - startedAtMs)),
    status: null as number | null,
    detail: null as Record<string, unknown> | null,
    dueInMs: null as number | null,
    failure: null as Settled["failure"],
    continuation: null as Settled["continuation"],
    orderingKey: record.orderingKey,
    dedupeKey: record.dedupeKey,
  };
}

type Failing = { category: FailureCategory; team: Team; message: string };

function failureOf(
  provider: string,
  { status }: { status: number | null },
  { type }: DueRecord,
  { category, team, message }: Failing,
): NonNullable<Settled["failure"]> {
  const kept = clean(message);
  return {
    category,
    team,
    message: kept,
    fingerprint: fingerprint({ provider, type, category, status, message: kept }),
  };
}

/** An attempt that we gave up because the worker stops is nobody's fault, and says nothing about its provider. */
export function concludeGivenUp(ended: Ended, policy: ProviderPolicy, random: number): Settled {
  return {
    ...baseOf(ended),
    kind: "interrupted",
    outcome: "ambiguous",
    detail: {
      ...carried(ended),
      error: "The worker stopped before the answer came; it may have arrived.",
      mayHaveArrived: true,
    },
    // The provider may still be at work on it.
    dueInMs: Math.max(policy.timeoutMs.total, backoffMs(1, policy.backoff, random)),
  };
}

/** What is written of a result that the database refuses: that it happened, without the words that it can't hold. */
export function withoutWords(settled: Settled, why: string): Settled {
  return {
    ...settled,
    detail: { error: `The answer can't be kept: ${why}`, unkept: true },
    failure: settled.failure && { ...settled.failure, message: "It failed, and its answer can't be kept." },
    continuation: null,
  };
}

/** An attempt that broke inside us is nobody's fault: it is tried again, and the timeline says what broke. */
export function concludeLocalFault(
  ended: Ended,
  error: unknown,
  policy: ProviderPolicy,
  random: number,
): Settled {
  const why = error instanceof Error ? error.message : String(error);
  return {
    ...baseOf(ended),
    kind: "attempted",
    outcome: "unexpected",
    detail: { ...carried(ended), error: clean(`Redrive could not send this: ${why}`) },
    dueInMs: backoffMs(1, policy.backoff, random),
  };
}

const nextTry = ({ tries }: DueRecord): number => Math.min(triesMax, tries + 1);

/** Text that Postgres can keep: cut between characters, not inside one, and without NUL. */
const clean = (text: string, most = keptBody): string =>
  text.slice(0, most).toWellFormed().replaceAll("\0", "");

const cutDeep = (value: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(value, (_, member) => (typeof member === "string" ? clean(member) : member)));

/** What a producer gave to follow the record by, in each of its events. */
const carriedOf = ({ correlationId }: DueRecord): Record<string, unknown> =>
  correlationId === null ? {} : { correlationId };

function carried({ record, span }: Ended): Record<string, unknown> {
  const isTraced = Object.keys(record.headers ?? {}).some((name) => name.toLowerCase() === "traceparent");
  return isTraced ? { ...carriedOf(record), span } : carriedOf(record);
}

function detailOf(reply: Reply, classified: Classified, charged: boolean): Record<string, unknown> {
  const detail: Record<string, unknown> = { error: classified.error && clean(classified.error), charged };
  if (reply.kind === "response" && reply.body !== "") detail.body = clean(reply.body);
  if (classified.outcome === "ambiguous") detail.mayHaveArrived = true;
  return detail;
}

/** Nothing for most: a delivered record costs one narrow row. */
function deliveredDetail(replied: Replied, { keepResponse }: ProviderPolicy): Record<string, unknown> | null {
  const { record, reply, reading } = replied;
  const detail = carried(replied);
  const body = reply.kind === "response" ? reply.body : null;
  const response = reading?.response ?? (keepResponse || record.keepResponse ? body : null);
  if (response !== null) detail.response = clean(response, keptResponse);
  return Object.keys(detail).length === 0 ? null : detail;
}

function continuationOf(
  task: string | null,
  provider: string,
  { record, classified, reply, reading }: Replied,
) {
  const isResponse = reply.kind === "response";
  return continuationFor(task, provider, record, {
    outcome: classified.outcome,
    status: isResponse ? reply.status : null,
    response: isResponse ? (reading?.response ?? reply.body) : null,
    error: classified.error,
  });
}

type Told = { outcome: string; status: number | null; response: string | null; error: string | null };

function continuationFor(task: string | null, provider: string, record: DueRecord, told: Told) {
  if (task === null) return null;
  return {
    task,
    payload: {
      recordId: record.id,
      provider,
      correlationId: record.correlationId,
      ...told,
      response: told.response === null ? null : clean(told.response, continuedBody),
      error: told.error && clean(told.error),
    },
  };
}
