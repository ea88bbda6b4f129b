// Adapters made as the worker makes them, and what they are given.
import { ProviderPolicy } from "#lib/contract/policy.ts";
import { createLog } from "#lib/node/log.ts";
import type {
  Adapter,
  DirectAdapter,
  HttpAdapter,
  Outgoing,
  ResponseReply,
} from "#worker/adapters/adapter.ts";
import { createAdapter, type Registered } from "#worker/adapters/registry.ts";
import type { Transactions } from "#worker/adapters/transactions.ts";
import type { Request } from "#worker/http/call.ts";

/** For adapters that have no business with the database. */
export const noTransactions: Pick<Transactions, "once"> = {
  once: () => Promise.reject(new Error("there is no database here")),
};
export const nothing: Registered = { adapters: {}, handlers: {} };
export const moment = { nowMs: 1_700_000_000_500, span: "00f067aa0ba902b7" };
export const recordId = "0191e2a4-5b6c-7d8e-9f01-23456789abcd";

type Given = {
  credentials?: { user: string; password: string };
  allowPrivate?: boolean;
  proofNames?: string[];
  application?: Registered;
};

export function anAdapter(name: string, policy: Record<string, unknown>, given: Given = {}): Adapter {
  return createAdapter(
    name,
    {
      provider: "acme",
      policy: ProviderPolicy.parse({ name: "ACME", adapter: name, ...policy }),
      proofNames: new Set(given.proofNames),
      credentials: given.credentials ?? null,
      allowPrivate: given.allowPrivate ?? true,
      log: createLog("test", "silent"),
    },
    given.application ?? nothing,
    noTransactions,
  );
}

export function anHttpAdapter(...given: Parameters<typeof anAdapter>): HttpAdapter {
  const adapter = anAdapter(...given);
  if (adapter.kind !== "http") throw new Error("not over HTTP");
  return adapter;
}

export function aDirectAdapter(...given: Parameters<typeof anAdapter>): DirectAdapter {
  const adapter = anAdapter(...given);
  if (adapter.kind !== "direct") throw new Error("not direct");
  return adapter;
}

export const aRecord = (payload: unknown = {}, more: Partial<Outgoing> = {}): Outgoing => ({
  id: recordId,
  provider: "acme",
  type: null,
  subject: null,
  owner: null,
  payload: JSON.stringify(payload),
  correlationId: null,
  headers: null,
  attempt: 1,
  ...more,
});

/** A request's headers by their names in lower case; a name that comes twice is a mistake of the adapter. */
export function headersOf({ headers }: Request): Record<string, string> {
  const byName: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase() ?? "";
    if (name in byName) throw new Error(`${name} comes twice`);
    byName[name] = headers[index + 1] ?? "";
  }
  return byName;
}

export const aReply = (status: number, body: unknown = ""): ResponseReply => ({
  kind: "response",
  status,
  headers: {},
  body: typeof body === "string" ? body : JSON.stringify(body),
  truncated: false,
});
