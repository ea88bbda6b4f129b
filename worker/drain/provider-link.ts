// How one provider is called now: its policy, turned into an adapter, a proof and a pool. Replaced when the policy is.

import { randomBytes } from "node:crypto";
import type { DueRecord } from "#db/reads/due-records.ts";
import { ProviderAuth, ProviderPolicy } from "#lib/contract/policy.ts";
import { canaryType } from "#lib/core/desk.ts";
import type { HealthAnswer } from "#lib/core/health.ts";
import type { Reply } from "#lib/core/reply.ts";
import { type Keyring, unseal } from "#lib/node/secrets.ts";
import type { Adapter, Outgoing } from "#worker/adapters/adapter.ts";
import { type Attempted, attemptWith } from "#worker/adapters/guarded.ts";
import { createAdapter } from "#worker/adapters/registry.ts";
import type { Authorizer } from "#worker/auth/authorizer.ts";
import { createAuthorizer } from "#worker/auth/create-authorizer.ts";
import { atEcho } from "#worker/canary/at-echo.ts";
import type { Deps } from "#worker/deps.ts";
import type { FlagValues } from "#worker/flags.ts";
import { call, type Request } from "#worker/http/call.ts";
import { askHealth } from "#worker/http/health-check.ts";

/** What came of one attempt. */
export type Sent =
  | Attempted
  /** Everything but the call: what would have gone, the proof hidden. */
  | { kind: "shadowed"; request: Record<string, unknown> };

export type ProviderLink = {
  policy: ProviderPolicy;
  version: number;
  /** Whether each record takes a place of those that the worker's handlers share. */
  takesPlace: boolean;
  /** @param span the attempt's place in its trace, 16 hex digits. */
  send: (record: DueRecord, span: string, nowMs: number, abort: AbortSignal) => Promise<Sent>;
  /** Asks the provider's health check. */
  checkHealth: () => Promise<HealthAnswer>;
  close: () => Promise<void>;
};

/** What a link is made of. */
export type Linked = {
  /** As it is stored. */
  policy: unknown;
  version: number;
  sealedAuth: string | null;
  flags: FlagValues | null;
};

/** @throws Error, one sentence without secrets: the policy can't be used by this worker. */
export function linkTo(deps: Deps, provider: string, linked: Linked): ProviderLink {
  const { version, sealedAuth, flags } = linked;
  const policy = atEcho(wholePolicy(linked.policy), deps.echo);
  const auth = openAuth(deps, provider, policy.auth, sealedAuth);
  const authorizer = createAuthorizer(deps, provider, policy, auth);
  const adapter = createAdapter(
    policy.adapter,
    {
      provider,
      policy,
      proofNames: authorizer.names,
      credentials: auth.kind === "basic" ? { user: auth.user, password: auth.password ?? "" } : null,
      allowPrivate: deps.allowPrivate,
      log: deps.log,
    },
    deps.application,
    deps.transactions,
  );
  deps.flags.set(provider, flags ?? {});
  const caller = new Caller(deps, provider, policy, authorizer);
  return {
    policy,
    version,
    takesPlace: adapter.kind === "direct" && adapter.holdsConnection === true,
    async send(record, span, nowMs, abort) {
      const outgoing = outgoingOf(provider, record);
      const shadowed = deps.flags.isShadowed(provider, record.orderingKey ?? record.id, {
        canary: record.type === canaryType,
      });
      if (shadowed !== false && (await shadowed))
        return shadow(adapter, outgoing, { nowMs, span, authorizer });
      const startedMs = deps.monotonicMs();
      return attemptWith(adapter, outgoing, {
        nowMs,
        span,
        signal: abort,
        send: (request) => caller.call(request, outgoing, nowMs, startedMs, abort),
      });
    },
    checkHealth: () => askHealth(deps, provider, policy),
    close: async () => {
      if (adapter.kind === "direct") await adapter.close?.();
    },
  };
}

/** A policy that was stored before a setting existed has that setting's default. */
function wholePolicy(stored: unknown): ProviderPolicy {
  const parsed = ProviderPolicy.safeParse(stored);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`its policy can't be used: ${issue?.path.join(".")} ${issue?.message}`);
}

/** A span of its own for each attempt. */
export const newSpan = (): string => randomBytes(8).toString("hex");

const outgoingOf = (provider: string, record: DueRecord): Outgoing => ({
  id: record.id,
  provider,
  type: record.type,
  subject: record.subject,
  owner: record.owner,
  payload: record.payload,
  correlationId: record.correlationId,
  headers: record.headers,
  attempt: record.tries + 1,
});

/** One HTTP call with its proof; a proof that is refused is fetched anew and tried once more, in the same attempt. */
class Caller {
  readonly #deps: Deps;
  readonly #provider: string;
  readonly #policy: ProviderPolicy;
  readonly #origin: string;
  readonly #authorizer: Authorizer;

  constructor(deps: Deps, provider: string, policy: ProviderPolicy, authorizer: Authorizer) {
    this.#deps = deps;
    this.#provider = provider;
    this.#policy = policy;
    this.#origin = new URL(policy.url).origin;
    this.#authorizer = authorizer;
  }

  async call(
    request: Request,
    record: Outgoing,
    nowMs: number,
    startedMs: number,
    abort: AbortSignal,
  ): Promise<Reply> {
    const first = await this.#once(request, record, nowMs, startedMs, abort);
    if (first.reply.kind !== "response" || first.reply.status !== 401 || first.proof === null)
      return first.reply;
    const isFresh = await this.#authorizer.refused(first.proof);
    return isFresh ? (await this.#once(request, record, nowMs, startedMs, abort)).reply : first.reply;
  }

  async #once(
    request: Request,
    record: Outgoing,
    nowMs: number,
    startedMs: number,
    abort: AbortSignal,
  ): Promise<{ reply: Reply; proof: string[] | null }> {
    const proving = this.#authorizer.prove(request, record, nowMs);
    const proof = proving instanceof Promise ? await proving : proving;
    if ("unauthorized" in proof) {
      return { reply: { kind: "unauthorized", why: proof.unauthorized }, proof: null };
    }
    const leftMs = this.#policy.timeoutMs.total - (this.#deps.monotonicMs() - startedMs);
    const pool = this.#deps.http.of(this.#provider, this.#origin, this.#policy);
    const headers = proof.headers.length === 0 ? request.headers : [...request.headers, ...proof.headers];
    return { reply: await call(pool, { ...request, headers }, leftMs, abort), proof: proof.headers };
  }
}

/** What would have gone; of what proves who we are only the names. */
async function shadow(
  adapter: Adapter,
  record: Outgoing,
  { nowMs, span, authorizer }: { nowMs: number; span: string; authorizer: Authorizer },
): Promise<Sent> {
  if (adapter.kind === "direct") return { kind: "shadowed", request: { payload: record.payload } };
  let built: Request | null = null;
  const attempted = await attemptWith(adapter, record, {
    nowMs,
    span,
    signal: AbortSignal.abort(),
    send: async (request) => {
      built = request;
      return { kind: "refused", why: "shadow" };
    },
  });
  return built === null ? attempted : { kind: "shadowed", request: shown(built, authorizer) };
}

function shown({ method, path, headers, body }: Request, { names }: Authorizer): Record<string, unknown> {
  const list = Object.fromEntries(
    headers.flatMap((name, index) =>
      index % 2 === 0 ? [[name.toLowerCase(), headers[index + 1] ?? ""]] : [],
    ),
  );
  for (const name of names) list[name] = "[hidden]";
  return { method, path, headers: list, body };
}

function unsealed(keyring: Keyring, provider: string, sealed: string): string {
  try {
    return unseal(keyring, `provider:${provider}`, sealed);
  } catch (error) {
    throw new Error("its secrets can't be opened: REDRIVE_SECRET is not the one they were stored under", {
      cause: error instanceof Error ? error.name : undefined,
    });
  }
}

function openAuth(
  { keyring }: Pick<Deps, "keyring">,
  provider: string,
  auth: ProviderAuth,
  sealed: string | null,
): ProviderAuth {
  if (sealed === null) return auth;
  if (keyring === null) throw new Error("its secrets can't be opened: REDRIVE_SECRET is not set");
  const opened = ProviderAuth.safeParse(JSON.parse(unsealed(keyring, provider, sealed)));
  if (opened.success) return opened.data;
  // The field alone: a message could carry a piece of what was parsed.
  const fields = opened.error.issues.map(({ path }) => ["auth", ...path].join("."));
  throw new Error(`its secrets can't be used: give ${fields.join(" and ")} again`);
}
