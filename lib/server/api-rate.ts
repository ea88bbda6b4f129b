// How many requests one caller may make: counted in this process, by key, person or end user, and by address where nobody is
// known. The answer says what is left, in the header fields of draft-ietf-httpapi-ratelimit-headers-11.
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { addressOf } from "#lib/node/caller-address.ts";
import type { Env } from "#lib/node/env.ts";
import { Refusal } from "#lib/server/problem.ts";

const windowSeconds = 60;

type Counter = {
  env: Env;
  limiter: RateLimiterMemory;
  /** Keys that were found good, by their hashes, those of the longest ago first. */
  good: Set<string>;
};

/** A key that is forgotten is looked up anew. */
const goodMax = 10_000;

// On globalThis: Next bundles each route apart, and all of them count together.
const home = globalThis as typeof globalThis & {
  redriveApiRate?: Counter;
  redriveApiRateOf?: WeakMap<Request, Record<string, string>>;
};

function counterOf(env: Env): Counter {
  if (home.redriveApiRate?.env !== env) {
    const limiter = new RateLimiterMemory({ points: env.REDRIVE_API_RATE, duration: windowSeconds });
    home.redriveApiRate = { env, limiter, good: new Set() };
  }
  return home.redriveApiRate;
}

const fieldsOf = (): WeakMap<Request, Record<string, string>> => {
  home.redriveApiRateOf ??= new WeakMap();
  return home.redriveApiRateOf;
};

/**
 * Counts a request for whoever makes it.
 *
 * @throws Refusal `rate_limited` when there were too many
 */
export async function countRequest(request: Request, who: string, env: Env): Promise<void> {
  if (env.REDRIVE_API_RATE === 0) return;
  const spent = await counterOf(env)
    .limiter.consume(who)
    .catch((refused: unknown) => {
      // The limiter throws its answer when the requests are used up.
      if (refused instanceof RateLimiterRes) return refused;
      throw refused;
    });
  const seconds = Math.max(1, Math.ceil(spent.msBeforeNext / 1_000));
  fieldsOf().set(request, {
    "ratelimit-policy": `"requests";q=${env.REDRIVE_API_RATE};w=${windowSeconds}`,
    ratelimit: `"requests";r=${spent.remainingPoints};t=${seconds}`,
  });
  if (spent.consumedPoints <= env.REDRIVE_API_RATE) return;
  throw new Refusal(
    "rate_limited",
    `More than ${env.REDRIVE_API_RATE} requests within a minute. Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`,
    { at: new Date(Date.now() + seconds * 1_000).toISOString() },
  );
}

/** One whom nobody knows counts by where the request comes from. */
export const countStranger = (request: Request, env: Env): Promise<void> =>
  countRequest(request, strangerOf(request), env);

const strangerOf = (request: Request): string =>
  `address:${addressOf(request.headers.get("x-forwarded-for"))}`;

/**
 * Before a key is looked up in the database: an address whose requests are used up by keys that nobody knows is asked for
 * nothing any more, but keys that were good before go on.
 *
 * @throws Refusal `rate_limited` when the address may try no other
 */
export async function refuseGuesser(request: Request, keyHash: string, env: Env): Promise<void> {
  const { limiter, good } = counterOf(env);
  if (env.REDRIVE_API_RATE === 0 || good.has(keyHash)) return;
  const spent = await limiter.get(strangerOf(request));
  if (spent !== null && spent.consumedPoints >= env.REDRIVE_API_RATE) await countStranger(request, env);
}

/** What became of a key: whoever holds it is a stranger no more, or is one again. */
export function noteKey(keyHash: string, isGood: boolean, env: Env): void {
  const { good } = counterOf(env);
  good.delete(keyHash);
  if (!isGood) return;
  good.add(keyHash);
  const [oldest] = good;
  if (good.size > goodMax && oldest !== undefined) good.delete(oldest);
}

export const isCounted = (request: Request): boolean => fieldsOf().has(request);

/** The answer, with what is left of the caller's requests. */
export function withRate(request: Request, response: Response): Response {
  for (const [name, value] of Object.entries(fieldsOf().get(request) ?? {}))
    response.headers.set(name, value);
  return response;
}
