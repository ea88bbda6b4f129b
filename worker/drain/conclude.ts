// The end of an attempt: what is written down of it, and whether the record is over, tried again or failed.
import type { DueRecord } from "#db/reads/due-records.ts";
import type { Settled } from "#db/writes/settle.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { backoffMs } from "#lib/core/backoff.ts";
import { isCharged } from "#lib/core/blame.ts";
import { decide } from "#lib/core/decide.ts";
import { errorCodeIn, fingerprint } from "#lib/core/fingerprint.ts";
import type { Reply } from "#lib/core/reply.ts";
import type { BreakerState, FailureCategory, Team } from "#lib/core/status.ts";
import { continuationFor, continuationOf } from "#worker/drain/continuation.ts";
import { carried, carriedOf, deliveredDetail, detailOf } from "#worker/drain/event-detail.ts";
import type { Ended } from "#worker/drain/flights.ts";
import type { Replied } from "#worker/drain/meaning.ts";
import { clean, cutDeep } from "#worker/drain/text.ts";

/** The timeline's column holds no more; a record that is asked to wait each second comes there in nine hours. */
const triesMax = 32_767;

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
        failure: failureOf(provider, base, record, { category, team, message, code: errorCodeOf(reply) }),
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

const errorCodeOf = (reply: Reply): string | null =>
  reply.kind === "response" ? errorCodeIn(reply.body) : null;

type Failing = { category: FailureCategory; team: Team; message: string; code?: string | null };

function failureOf(
  provider: string,
  { status }: { status: number | null },
  { type }: DueRecord,
  { category, team, message, code = null }: Failing,
): NonNullable<Settled["failure"]> {
  const kept = clean(message);
  return {
    category,
    team,
    message: kept,
    fingerprint: fingerprint({ provider, type, category, status, code, message: kept }),
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
