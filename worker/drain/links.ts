// The link that a drain sends through, and those before it: a policy may be changed while requests are out, and what is
// out under the old one ends as it began.
import { setTimeout as delay } from "node:timers/promises";
import type { Deps } from "#worker/deps.ts";
import { type Linked, linkTo, type ProviderLink } from "#worker/drain/provider-link.ts";

/** Nobody waits longer than this for an adapter to close, ms. */
const closingMs = 5_000;

export class Links {
  readonly #deps: Deps;
  readonly #provider: string;
  #present: ProviderLink;
  /** Links of policies that were replaced; requests may be out under them. */
  readonly #retired: ProviderLink[] = [];
  #longestMs: number;

  /** @throws Error, one sentence without secrets: the policy can't be used by this worker. */
  constructor(deps: Deps, provider: string, linked: Linked) {
    this.#deps = deps;
    this.#provider = provider;
    this.#present = linkTo(deps, provider, linked);
    this.#longestMs = this.#present.policy.timeoutMs.total;
  }

  get present(): ProviderLink {
    return this.#present;
  }

  /** The longest that a request of ours may take, under any policy it started with, ms. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** What the link would be made of now; null when the provider is gone. */
  async stored(): Promise<Linked | null> {
    const [stored] = await this.#deps.sql<Linked[]>`
      select policy, version, sealed_auth,
        (select jsonb_object_agg(name, value) from redrive.flags where provider = slug) as flags
      from redrive.providers
      where slug = ${this.#provider}`;
    return stored ?? null;
  }

  /** @throws Error, as the constructor does; then nothing is changed. */
  replace(linked: Linked): void {
    const next = linkTo(this.#deps, this.#provider, linked);
    this.#retired.push(this.#present);
    this.#present = next;
    this.#longestMs = Math.max(this.#longestMs, next.policy.timeoutMs.total);
  }

  /** An adapter that can't be closed holds nobody up. */
  async close(): Promise<void> {
    const patience = delay(closingMs, null, { ref: false });
    const closing = [this.#present, ...this.#retired].map((link) =>
      link.close().catch((error) => this.#deps.log.warn({ err: error }, "an adapter did not close")),
    );
    await Promise.race([Promise.all(closing), patience]);
  }
}
