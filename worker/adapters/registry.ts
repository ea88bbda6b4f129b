// Adapters by name: those that Redrive brings along, and those that the application registers.
import { adapterSchemes } from "#lib/core/adapter-names.ts";
import type { Adapter, AdapterGiven, AdapterKind } from "#worker/adapters/adapter.ts";
import { underDeadline } from "#worker/adapters/deadline.ts";
import { email } from "#worker/adapters/email.ts";
import { fetching } from "#worker/adapters/fetch.ts";
import { type Handler, handlerKind } from "#worker/adapters/handler.ts";
import { httpJson } from "#worker/adapters/http-json.ts";
import { slack } from "#worker/adapters/slack.ts";
import { soap } from "#worker/adapters/soap.ts";
import type { Transactions } from "#worker/adapters/transactions.ts";

/** What the application registers of these; `Application` is one. */
export type Registered = {
  adapters: Readonly<Record<string, AdapterKind>>;
  handlers: Readonly<Record<string, Handler>>;
};

export const builtInAdapters = (
  handlers: Registered["handlers"],
  transactions: Pick<Transactions, "once">,
): Record<string, AdapterKind> => ({
  "http-json": httpJson,
  fetch: fetching,
  soap,
  slack,
  email,
  handler: handlerKind(handlers, transactions),
  // Redrive's own provider is called as most others are.
  loopback: httpJson,
});

/**
 * The adapter of a provider's policy.
 *
 * @throws Error, one sentence that names the setting that is wrong.
 */
export function createAdapter(
  name: string,
  given: Omit<AdapterGiven<unknown>, "options">,
  application: Registered,
  transactions: Pick<Transactions, "once">,
): Adapter {
  const kinds = { ...builtInAdapters(application.handlers, transactions), ...application.adapters };
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (!kind) {
    const known = Object.keys(kinds).sort().join(", ");
    throw new Error(`adapter: there is none named "${name}"; there are ${known}`);
  }
  const scheme = new URL(given.policy.url).protocol.slice(0, -1);
  const schemes = Object.hasOwn(adapterSchemes, name) ? adapterSchemes[name] : undefined;
  if (schemes && !schemes.includes(scheme)) throw wrongScheme(name, schemes);
  const adapter = kind.create({ ...given, options: checked(kind, given.policy.options) });
  if (adapter.kind === "direct") return underDeadline(adapter, given.policy.timeoutMs.total);
  if (scheme !== "http" && scheme !== "https") throw wrongScheme(name, ["http", "https"]);
  return adapter;
}

const wrongScheme = (name: string, schemes: readonly string[]): Error =>
  new Error(`url: ${name} takes ${schemes.map((scheme) => `${scheme}:`).join(" or ")} URLs only`);

function checked(kind: AdapterKind, options: unknown): unknown {
  const parsed = kind.options.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new Error(
    parsed.error.issues
      .map(({ path, message }) => `${["options", ...path].join(".")}: ${message}`)
      .join("; "),
  );
}
