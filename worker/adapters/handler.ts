// Runs a function of the application in this worker instead of calling anybody: `handler:viewed-products` is the function
// registered as "viewed-products". What it answers is the response; what it throws is tried again, as any provider's trouble.
import { z } from "zod";
import type { Log } from "#lib/node/log.ts";
import { type AdapterKind, BadPayload, defineAdapter, type Outgoing } from "#worker/adapters/adapter.ts";
import { responseLimit } from "#worker/http/call.ts";

/**
 * A record's effect. What it answers is kept as the response, as JSON.
 *
 * It runs once or more for each record: make its effect depend on `record.id`. Throw `BadPayload` when the record's data
 * is wrong, `RetryLater` to name a time; anything else counts as the handler being unwell.
 */
export type Handler = (
  payload: unknown,
  given: {
    record: Outgoing;
    /** Aborted when the time is over: nobody waits for the answer any longer. */
    signal: AbortSignal;
    log: Log;
  },
) => unknown;

/** Not now: the record is tried again, after `afterMs` where that is given. */
export class RetryLater extends Error {
  override name = "RetryLater";
  readonly afterMs: number | null;

  constructor(message: string, { afterMs = null }: { afterMs?: number | null } = {}) {
    super(message);
    this.afterMs = afterMs;
  }
}

export const handlerKind = (handlers: Readonly<Record<string, Handler>>): AdapterKind =>
  defineAdapter({
    options: z.strictObject({}),
    create({ provider, policy: { url }, log }) {
      const handler = registered(handlers, new URL(url).pathname);
      return {
        kind: "direct",
        async deliver(record, { signal }) {
          const payload: unknown = JSON.parse(record.payload);
          const told = log.child({ provider, record: record.id });
          let result: unknown;
          try {
            result = await handler(payload, { record, signal, log: told });
          } catch (error) {
            return refusal(error);
          }
          return response(200, written(result));
        },
      };
    },
  });

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

function written(result: unknown): string {
  const body = JSON.stringify(result) ?? "";
  if (Buffer.byteLength(body) > responseLimit) {
    throw new Error(`the handler's answer is larger than ${responseLimit} bytes`);
  }
  return body;
}

function refusal(error: unknown) {
  if (error instanceof BadPayload) throw error;
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
