// How many requests one caller may make: counted in this process, by key, person or end user, and by address where nobody is
// known. The answer says what is left, in the header fields of draft-ietf-httpapi-ratelimit-headers-11.
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Env } from "#lib/node/env.ts";
import { Refusal } from "#lib/server/problem.ts";
import { addressOf } from "#lib/server/sign-in.ts";

const windowSeconds = 60;

type Counter = { env: Env; limiter: RateLimiterMemory };

// On globalThis: Next bundles each route apart, and all of them count together.
const home = globalThis as typeof globalThis & {
  redriveApiRate?: Counter;
  redriveApiRateOf?: WeakMap<Request, Record<string, string>>;
};

function limiterOf(env: Env): RateLimiterMemory {
  if (home.redriveApiRate?.env !== env) {
    const limiter = new RateLimiterMemory({ points: env.REDRIVE_API_RATE, duration: windowSeconds });
    home.redriveApiRate = { env, limiter };
  }
  return home.redriveApiRate.limiter;
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
  const spent = await limiterOf(env)
    .consume(who)
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
  countRequest(request, `address:${addressOf(request.headers.get("x-forwarded-for"))}`, env);

export const isCounted = (request: Request): boolean => fieldsOf().has(request);

/** The answer, with what is left of the caller's requests. */
export function withRate(request: Request, response: Response): Response {
  for (const [name, value] of Object.entries(fieldsOf().get(request) ?? {}))
    response.headers.set(name, value);
  return response;
}
