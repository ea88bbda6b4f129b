// Runs a function of the application in this worker instead of calling anybody: `handler:viewed-products` is the function
// registered as "viewed-products". What it writes with `sql` is committed together with the note that the record is handled,
// so that it happens once. What it answers is the response; what it throws is tried again, as any provider's trouble.
import { z } from "zod";
import type { TransactionSql } from "#db/client.ts";
import { CommitUnknown } from "#db/writes/handle-once.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import type { Reply } from "#lib/core/reply.ts";
import type { Log } from "#lib/node/log.ts";
import { type AdapterKind, BadPayload, defineAdapter, type Outgoing } from "#worker/adapters/adapter.ts";
import type { Transactions } from "#worker/adapters/transactions.ts";
import { responseLimit } from "#worker/http/call.ts";

/** A commit that was on its way when the time was over is waited for this long, ms. */
const commitMs = 2_000;

type Given = {
  record: Outgoing;
  /** Aborted when the time is over: nobody waits for the answer any longer. */
  signal: AbortSignal;
  log: Log;
};

/** Throw `BadPayload` when the record's data is wrong, `RetryLater` to name a time; anything else counts as being unwell. */
export type HandlerFunction<G = Given> = (payload: unknown, given: G) => unknown;

/**
 * A record's effect. What it answers is kept as the response, as JSON.
 *
 * A function runs in a transaction, `sql`: what it writes there happens once, or not at all. One that calls others and takes
 * its time should hold none: with `transaction: false` it runs once or more, so make its effect depend on `record.id`.
 */
export type Handler =
  | HandlerFunction<Given & { sql: TransactionSql }>
  | { transaction: false; run: HandlerFunction };

/** Not now: the record is tried again, after `afterMs` where that is given. */
export class RetryLater extends Error {
  override name = "RetryLater";
  readonly afterMs: number | null;

  constructor(message: string, { afterMs = null }: { afterMs?: number | null } = {}) {
    super(message);
    this.afterMs = afterMs;
  }
}

export const handlerKind = (
  handlers: Readonly<Record<string, Handler>>,
  transactions: Pick<Transactions, "once">,
): AdapterKind =>
  defineAdapter({
    options: z.strictObject({}),
    create({ provider, policy, log }) {
      const handler = registered(handlers, new URL(policy.url).pathname);
      const run = runner(handler, transactions, policy);
      return {
        kind: "direct",
        graceMs: typeof handler === "function" ? commitMs : 0,
        holdsConnection: typeof handler === "function",
        async deliver(record, { signal }) {
          const payload: unknown = JSON.parse(record.payload);
          const given = { record, signal, log: log.child({ provider, record: record.id }) };
          try {
            return response(200, await run(payload, given));
          } catch (error) {
            return refusal(error, signal);
          }
        },
      };
    },
  });

/** How a handler's answer is had, written as JSON. */
function runner(
  handler: Handler,
  transactions: Pick<Transactions, "once">,
  { timeoutMs }: ProviderPolicy,
): (payload: unknown, given: Given) => Promise<string> {
  if (typeof handler !== "function") {
    return async (payload, given) => written(await handler.run(payload, given));
  }
  return (payload, given) => {
    const { record, signal } = given;
    const once = { recordId: record.id, provider: record.provider, totalMs: timeoutMs.total, signal };
    return transactions.once(once, async (sql) => written(await handler(payload, { ...given, sql })));
  };
}

function registered(handlers: Readonly<Record<string, Handler>>, name: string): Handler {
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  if (handler) return handler;
  const known = Object.keys(handlers).sort();
  throw new Error(
    `url: no handler is registered as "${name}"; ${
      known.length === 0 ? "none is registered" : `registered are ${known.join(", ")}`
    }. REDRIVE_APPLICATION names the module that registers them`,
  );
}

/** What the handler answered can't be kept: a mistake of its code, which trying again does not mend. */
class BadAnswer extends Error {
  override name = "BadAnswer";
}

function written(result: unknown): string {
  const body = asJson(result);
  if (Buffer.byteLength(body) > responseLimit) {
    throw new BadAnswer(`the handler's answer is larger than ${responseLimit} bytes`);
  }
  return body;
}

function asJson(result: unknown): string {
  try {
    return JSON.stringify(result) ?? "";
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BadAnswer(`the handler's answer can't be written as JSON: ${why}`, { cause: error });
  }
}

/** @throws what is the record's or the code's fault, or says that the time is over. */
function refusal(error: unknown, signal: AbortSignal): Reply {
  if (error instanceof BadPayload || error instanceof BadAnswer) throw error;
  if (signal.aborted && error === signal.reason) throw error;
  if (error instanceof CommitUnknown)
    return { kind: "network", code: "COMMIT_UNKNOWN", message: error.message, sent: true };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (!(error instanceof RetryLater)) return response(500, JSON.stringify({ error: message, stack }));
  const body = JSON.stringify({ error: message });
  if (error.afterMs === null) return response(503, body);
  return response(503, body, { "retry-after": String(Math.ceil(error.afterMs / 1000)) });
}

const response = (status: number, body: string, headers: Record<string, string> = {}) => ({
  kind: "response" as const,
  status,
  headers,
  body,
  truncated: false,
});
