// The access token of one credential: from this process's memory, else from the table that all workers share, else from
// its endpoint, which one of them asks for all. No connection is held meanwhile: the right to ask is a row with an end.
//
//   none ──claim──▶ fetching ──token──▶ good ──renewal due──▶ good, fetching ──token──▶ good
//     ▲                │                  │
//     └── after 5 s ── failed             └──── refused with it, or past its end ────▶ none
import { createHash, randomUUID } from "node:crypto";
import { readToken } from "#db/reads/token.ts";
import { claimTokenFetch } from "#db/writes/claim-token-fetch.ts";
import { dropToken } from "#db/writes/drop-token.ts";
import { failTokenFetch } from "#db/writes/fail-token-fetch.ts";
import { saveToken } from "#db/writes/save-token.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { type Keyring, seal, unseal } from "#lib/node/secrets.ts";
import { askForToken, type TokenAnswer, type TokenClient } from "#worker/auth/token-endpoint.ts";
import type { Deps } from "#worker/deps.ts";

/** What came of asking: a token, or a sentence that says why there is none. */
export type TokenResult = { token: string } | { unauthorized: string };

export type TokenSource = {
  /** The token, if it is in memory and lasts; renewal begins behind it when it is time. */
  atHand: () => string | null;
  /** The token, from wherever it is to be had. Rejects only when the database does. */
  get: () => Promise<TokenResult>;
  /** Forgets this token, if it is the present one. The next `get` then gives another. */
  refuse: (token: string) => void;
};

/** How long things are waited for; a test says otherwise. */
export type Patience = {
  pause: (ms: number) => Promise<void>;
  /** Before the second try, and the third. */
  triesAfterMs: readonly number[];
  /** Between two looks at what another worker fetches. */
  lookEveryMs: number;
  /** After a fetch that failed nobody tries again for so long. */
  failedForMs: number;
};

export const patience: Patience = {
  pause: (ms) => new Promise((done) => setTimeout(done, ms)),
  triesAfterMs: [250, 1_000],
  lookEveryMs: 75,
  failedForMs: 5_000,
};

export type TokenDeps = Pick<Deps, "sql" | "http" | "log" | "monotonicMs" | "workerId"> & {
  keyring: Keyring;
};

/** A whole fetch, all tries together, ms: a worker that stops waits no longer for what it has begun. */
const fetchMostMs = 10_000;
/** What is left for writing a token down before the right to fetch is over, ms. */
const savingMs = 2_000;

type Held = { token: string; fetchedAt: string | null; renewAtMs: number; endsAtMs: number };
type Failed = { why: string; untilMs: number };

const tooLong = "Another worker has been fetching the access token for too long.";

/** Everything that a token depends on: with another secret it is another credential. */
export function credentialOf({
  tokenUrl,
  clientId,
  clientSecret,
  scope,
  audience,
  send,
}: TokenClient): string {
  const digest = (text: string) => createHash("sha256").update(text).digest("hex");
  return digest(JSON.stringify([tokenUrl, clientId, digest(clientSecret), scope, audience, send]));
}

/** Renewed this long before its end: a tenth of its life, but a minute at most. */
const renewalMs = (lifeMs: number): number => lifeMs - Math.min(60_000, lifeMs / 10);

export function createTokenSource(
  deps: TokenDeps,
  provider: string,
  policy: ProviderPolicy,
  client: TokenClient,
  { pause, triesAfterMs, lookEveryMs, failedForMs }: Patience = patience,
): TokenSource {
  const { sql, log, monotonicMs, keyring } = deps;
  const credential = credentialOf(client);
  const { origin } = new URL(client.tokenUrl);
  const budgetMs = Math.min(policy.timeoutMs.total, fetchMostMs);

  let held: Held | null = null;
  /** `fetchedAt` of the token that was refused last: it may stand in the table still. */
  let refused: string | null = null;
  let failed: Failed | null = null;
  let getting: Promise<TokenResult> | null = null;
  let renewing: Promise<void> | null = null;

  function atHand(): string | null {
    const nowMs = monotonicMs();
    if (held === null || nowMs >= held.endsAtMs) return null;
    if (nowMs >= held.renewAtMs) {
      renewing ??= renew().finally(() => {
        renewing = null;
      });
    }
    return held.token;
  }

  function get(): Promise<TokenResult> {
    getting ??= obtain().finally(() => {
      getting = null;
    });
    return getting;
  }

  async function obtain(): Promise<TokenResult> {
    // It may be as good as done.
    await renewing;
    const waitUntilMs = monotonicMs() + budgetMs + savingMs;
    for (;;) {
      const known = present();
      if (known !== null) return known;
      if (monotonicMs() >= waitUntilMs) return { unauthorized: tooLong };
      if (await load()) continue;
      const fetchingBy = await claim();
      if (fetchingBy === null) {
        await pause(lookEveryMs);
        continue;
      }
      // Used at least once, however short its life: looking whether it still lasts, we could fetch without end.
      const fetched = await fetch(fetchingBy);
      if (fetched !== null) return { token: fetched };
    }
  }

  /** What is in memory and lasts: a token, or a failure. */
  function present(): TokenResult | null {
    const token = atHand();
    if (token !== null) return { token };
    return failed !== null && monotonicMs() < failed.untilMs ? { unauthorized: failed.why } : null;
  }

  /** Ahead of the end, behind the token that still lasts; its failure is nobody's trouble yet. */
  async function renew(): Promise<void> {
    try {
      const fetchingBy = await claim();
      if (fetchingBy !== null) await fetch(fetchingBy);
      else await load();
    } catch (error) {
      log.warn({ provider, err: error }, "the access token could not be renewed");
    }
    // Whoever is at it, or was: look again in a while.
    if (held && monotonicMs() >= held.renewAtMs) held.renewAtMs = monotonicMs() + failedForMs;
  }

  /** @returns whether there was something to go by: a token that lasts, or a failure that does. */
  async function load(): Promise<boolean> {
    // The time before the question, so that what is left is never too much.
    const nowMs = monotonicMs();
    const stored = await readToken(sql, credential);
    if (stored === null) return false;
    const { good, failure } = stored;
    if (good !== null && good.endsInMs > 0) {
      const token = good.fetchedAt === refused ? null : open(good.sealed);
      if (token !== null) {
        const { fetchedAt, renewInMs, endsInMs } = good;
        held = { token, fetchedAt, renewAtMs: nowMs + renewInMs, endsAtMs: nowMs + endsInMs };
        return true;
      }
      // Of no use to us. Where it has been replaced meanwhile, the new one stays.
      await dropToken(sql, credential, good.fetchedAt);
    }
    if (failure === null || failure.forMs <= 0) return false;
    failed = { why: failure.error, untilMs: nowMs + failure.forMs };
    return true;
  }

  function open(sealed: string): string | null {
    try {
      return unseal(keyring, bound(credential), sealed);
    } catch {
      log.warn({ provider }, "the stored access token was sealed under another secret; it is fetched anew");
      return null;
    }
  }

  async function claim(): Promise<string | null> {
    // Another name for each fetch: one that was given up can't end a later one.
    const fetchingBy = `${deps.workerId} ${randomUUID()}`;
    const isOurs = await claimTokenFetch(sql, { credential, fetchingBy, forMs: budgetMs + savingMs });
    return isOurs ? fetchingBy : null;
  }

  /** @returns the token; null where there is none to be had, and `failed` says why. */
  async function fetch(fetchingBy: string): Promise<string | null> {
    const answer = await askPatiently();
    const nowMs = monotonicMs();
    if (answer.kind === "none") {
      failed = { why: answer.why, untilMs: nowMs + failedForMs };
      log.warn({ provider, reason: answer.why }, "no access token");
      await failTokenFetch(sql, { credential, fetchingBy, error: answer.why, forMs: failedForMs });
      return null;
    }
    const { token, lifeMs } = answer;
    const renewInMs = renewalMs(lifeMs);
    let fetchedAt: string | null = null;
    try {
      fetchedAt = await saveToken(sql, {
        credential,
        fetchingBy,
        sealed: seal(keyring, bound(credential), token),
        ageMs: monotonicMs() - nowMs,
        renewInMs,
        endsInMs: lifeMs,
      });
    } finally {
      // Good for us, even where it could not be written down for the others.
      held = { token, fetchedAt, renewAtMs: nowMs + renewInMs, endsAtMs: nowMs + lifeMs };
      failed = null;
    }
    log.info({ provider, lastsMs: lifeMs }, "fetched an access token");
    return token;
  }

  async function askPatiently(): Promise<TokenAnswer> {
    const endMs = monotonicMs() + budgetMs;
    for (let tries = 0; ; tries += 1) {
      const pool = deps.http.of(`${provider} token`, origin, policy);
      const answer = await askForToken(pool, client, Math.max(1, endMs - monotonicMs()));
      const pauseMs = triesAfterMs[tries];
      if (answer.kind === "token" || !answer.again || pauseMs === undefined) return answer;
      if (monotonicMs() + pauseMs >= endMs) return answer;
      await pause(pauseMs);
    }
  }

  function refuse(token: string): void {
    if (held?.token !== token) return;
    refused = held.fetchedAt;
    held = null;
  }

  return { atHand, get, refuse };
}

const bound = (credential: string): string => `token:${credential}`;
