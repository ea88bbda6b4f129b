// The sources that calls may come from, at most a second old: a change needs no restart.
import { setTimeout as delay } from "node:timers/promises";

import type { InboundPolicy } from "#db/reads/inbound-policies.ts";
import { type InboundMapping, usualMapping } from "#lib/core/inbound/kinds.ts";
import { type InboundSecret, type Verifier, verifierOf } from "#lib/core/inbound/verify.ts";
import { inTime, TookTooLong } from "#lib/inbound/patience.ts";
import type { Log } from "#lib/node/log.ts";

export type Source = {
  slug: string;
  kind: InboundPolicy["kind"];
  provider: string;
  isEnabled: boolean;
  bytesMax: number;
  mapping: InboundMapping;
  /** Null where its secrets can't be opened: nobody is refused for our fault. */
  verify: Verifier | null;
};

export type Sources = {
  /**
   * The source of that name; null when there is none.
   *
   * @throws when the database does not say.
   */
  find: (slug: string) => Source | null | Promise<Source | null>;
};

type Given = {
  read: () => Promise<InboundPolicy[]>;
  /** @throws when the text can't be opened. */
  unseal: (slug: string, sealed: string) => string;
  log: Log;
  /** For the database to say which sources there are. */
  patienceMs: number;
  /** Called when it did not within that. */
  onSilence: () => void;
  nowMs?: () => number;
};

/** Read again from this age on, in the background; nobody is served by what is older than a second. */
const renewMs = 500;
const oldestMs = 1_000;
/** For a name that is not known, which may be new: so often at most, whoever makes names up. */
const lookAgainMs = 100;

export function readSources({
  read: readPolicies,
  unseal,
  log,
  patienceMs,
  onSilence,
  nowMs = () => performance.now(),
}: Given): Sources {
  let known = new Map<string, { source: Source; updatedAt: string }>();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  let lookingAgain: Promise<void> | null = null;

  const read = async () => {
    const startedAt = nowMs();
    const policies = await readPolicies();
    known = new Map(
      policies.map((policy) => {
        const before = known.get(policy.slug);
        const isSame = before?.updatedAt === policy.updatedAt;
        const source = isSame ? before.source : sourceOf(policy, unseal, log);
        return [policy.slug, { source, updatedAt: policy.updatedAt }];
      }),
    );
    readAt = startedAt;
  };
  const renew = (): Promise<void> => {
    reading ??= inTime(read(), patienceMs)
      .catch((error: unknown) => {
        if (error instanceof TookTooLong) onSilence();
        throw error;
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  };

  const lookAgain = (ageMs: number): Promise<void> => {
    lookingAgain ??= delay(Math.max(0, lookAgainMs - ageMs))
      .then(renew)
      .finally(() => {
        lookingAgain = null;
      });
    return lookingAgain;
  };

  return {
    find(slug) {
      const ageMs = nowMs() - readAt;
      if (ageMs > oldestMs) return renew().then(() => known.get(slug)?.source ?? null);
      // A failure is no news to this call; the next, a little later, meets it itself.
      if (ageMs > renewMs) renew().catch((error) => log.debug({ err: error }, "sources could not be read"));
      const source = known.get(slug)?.source;
      return source ?? lookAgain(ageMs).then(() => known.get(slug)?.source ?? null);
    },
  };
}

function sourceOf(policy: InboundPolicy, unseal: Given["unseal"], log: Log): Source {
  const { slug, kind, provider, isEnabled, bytesMax, mapping } = policy;
  return {
    slug,
    kind,
    provider,
    isEnabled,
    bytesMax,
    mapping: { ...usualMapping[kind], ...mapping },
    verify: verifierFrom(policy, unseal, log),
  };
}

function verifierFrom(policy: InboundPolicy, unseal: Given["unseal"], log: Log): Verifier | null {
  const { slug, kind, options, sealedSecrets } = policy;
  try {
    const secrets = JSON.parse(unseal(slug, sealedSecrets)) as InboundSecret[];
    return verifierOf({ kind, options, secrets });
  } catch (error) {
    log.error({ source: slug, err: error }, "the secrets of a source can't be opened: its calls get a 503");
    return null;
  }
}
