// One attempt of one record: call, classify, blame, decide; the result is what gets settled.

import type { DueRecord } from "#db/reads/due-records.ts";
import type { Settled } from "#db/writes/settle.ts";
import type { ProviderPolicy } from "#lib/contract/provider.ts";
import { backoffMs } from "#lib/core/backoff.ts";
import { isCharged } from "#lib/core/blame.ts";
import type { Classified } from "#lib/core/classify.ts";
import { decide } from "#lib/core/decide.ts";
import { fingerprint } from "#lib/core/fingerprint.ts";
import type { Reply } from "#lib/core/reply.ts";
import type { BreakerState } from "#lib/core/status.ts";

/** How much of a provider's answer the timeline keeps, characters. */
const keptBody = 2_000;
/** How much of it a continuation is given. */
const continuedBody = 65_536;

/** The timeline's column holds no more; a record that is asked to wait each second comes there in nine hours. */
const triesMax = 32_767;

export type Attempted = {
  record: DueRecord;
  reply: Reply;
  classified: Classified;
  startedAtMs: number;
  endedAtMs: number;
};

/** What to write down of an attempt, given how its provider is. */
export function conclude(
  provider: string,
  { record, reply, classified, startedAtMs, endedAtMs }: Attempted,
  given: {
    policy: ProviderPolicy;
    breaker: BreakerState;
    lastSuccessAtMs: number | null;
    random: () => number;
  },
): Settled {
  const charged = isCharged(classified.outcome, {
    // Sent one at a time, nobody else's call can succeed during this one; so what counts is the time since the last try.
    startedAtMs: record.triedAtMs ?? startedAtMs,
    lastSuccessAtMs: given.lastSuccessAtMs,
    breaker: given.breaker,
  });
  const decision = decide(classified, record, { policy: given.policy, charged, random: given.random() });
  const status = reply.kind === "response" ? reply.status : null;
  const base = {
    id: record.id,
    outcome: classified.outcome,
    tries: nextTry(record),
    attempts: record.attempts,
    atMs: endedAtMs,
    durationMs: Math.max(0, Math.round(endedAtMs - startedAtMs)),
    status,
    detail: detailOf(reply, classified, charged),
    dueInMs: null,
    failure: null,
    continuation: null,
  };
  switch (decision.action) {
    case "deliver":
      return {
        ...base,
        kind: decision.kind,
        detail: null,
        continuation: continuationOf(record.onDelivered, provider, record, classified, reply),
      };
    case "retry":
      return { ...base, kind: "attempted", attempts: decision.attempts, dueInMs: decision.dueInMs };
    case "fail": {
      if (classified.outcome === "invalid" && given.policy.onInvalid === "discard") {
        return {
          ...base,
          kind: "discarded",
          attempts: decision.attempts,
          continuation: continuationOf(record.onFailed, provider, record, classified, reply),
        };
      }
      const message = clean(classified.error ?? "It failed without a word.");
      return {
        ...base,
        kind: "failed",
        attempts: decision.attempts,
        failure: {
          category: decision.category,
          team: decision.team,
          message,
          fingerprint: fingerprint({
            provider,
            type: record.type,
            category: decision.category,
            status,
            message,
          }),
        },
        continuation: continuationOf(record.onFailed, provider, record, classified, reply),
      };
    }
  }
}

/** An attempt that we gave up because the worker stops is nobody's fault, and says nothing about its provider. */
export function concludeGivenUp(
  { record, startedAtMs, endedAtMs }: Attempted,
  policy: ProviderPolicy,
  random: number,
): Settled {
  return {
    id: record.id,
    kind: "interrupted",
    outcome: "ambiguous",
    attempts: record.attempts,
    tries: nextTry(record),
    atMs: endedAtMs,
    durationMs: Math.max(0, Math.round(endedAtMs - startedAtMs)),
    status: null,
    detail: {
      error: "The worker stopped before the answer came; it may have arrived.",
      mayHaveArrived: true,
    },
    // The provider may still be at work on it.
    dueInMs: Math.max(policy.timeoutMs.total, backoffMs(1, policy.backoff, random)),
    failure: null,
    continuation: null,
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
  record: DueRecord,
  error: unknown,
  atMs: number,
  policy: ProviderPolicy,
  random: number,
): Settled {
  return {
    id: record.id,
    kind: "attempted",
    outcome: "unexpected",
    attempts: record.attempts,
    tries: nextTry(record),
    atMs,
    durationMs: 0,
    status: null,
    detail: {
      error: clean(`Redrive could not send this: ${error instanceof Error ? error.message : String(error)}`),
    },
    dueInMs: backoffMs(1, policy.backoff, random),
    failure: null,
    continuation: null,
  };
}

const nextTry = ({ tries }: DueRecord): number => Math.min(triesMax, tries + 1);

/** Text that Postgres can keep: cut between characters, not inside one, and without NUL. */
const clean = (text: string, most = keptBody): string =>
  text.slice(0, most).toWellFormed().replaceAll("\0", "");

function detailOf(reply: Reply, classified: Classified, charged: boolean): Record<string, unknown> {
  const detail: Record<string, unknown> = { error: classified.error && clean(classified.error), charged };
  if (reply.kind === "response" && reply.body !== "") detail.body = clean(reply.body);
  if (classified.outcome === "ambiguous") detail.mayHaveArrived = true;
  return detail;
}

function continuationOf(
  task: string | null,
  provider: string,
  record: DueRecord,
  classified: Classified,
  reply: Reply,
) {
  if (task === null) return null;
  return {
    task,
    payload: {
      recordId: record.id,
      provider,
      outcome: classified.outcome,
      status: reply.kind === "response" ? reply.status : null,
      response: reply.kind === "response" ? clean(reply.body, continuedBody) : null,
      error: classified.error && clean(classified.error),
    },
  };
}
