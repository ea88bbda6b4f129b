// How often one may guess: per account and address, and per account from everywhere, counted in Postgres, so that all
// dashboards count together.
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import type { Sql } from "#db/client.ts";

const minutes = 15;

/** Who tries: an account may be guessed at from one address, or from many. */
export type Guess = { email: string; address: string };

export type SignInLimit = {
  /** Counts a try; the minutes to wait when there were too many, else null. */
  tried: (guess: Guess) => Promise<number | null>;
  /** Forgets the tries of one who signed in. */
  succeeded: (guess: Guess) => Promise<void>;
};

export function signInLimit(sql: Sql): SignInLimit {
  const shared = {
    // The limiter speaks to node-postgres; of its clients it uses only this.
    storeClient: {
      query: async ({ text, values }: { text: string; values: (string | number | null)[] }) => ({
        rows: await sql.unsafe(text, values),
      }),
    },
    storeType: "client",
    schemaName: "redrive",
    tableName: "rate_limits",
    tableCreated: true,
    clearExpiredByTimeout: true,
    duration: minutes * 60,
  };
  const fromHere = new RateLimiterPostgres({ ...shared, keyPrefix: "sign-in", points: 10 });
  // Wide enough that a stranger locks nobody out with a few tries, narrow enough that many addresses gain little.
  const fromAnywhere = new RateLimiterPostgres({ ...shared, keyPrefix: "sign-in-account", points: 200 });
  // One password tried on many accounts.
  const fromAddress = new RateLimiterPostgres({ ...shared, keyPrefix: "sign-in-address", points: 100 });
  const keyHere = ({ email, address }: Guess) => `${email.slice(0, 200)}|${address.slice(0, 50)}`;
  const keyAnywhere = ({ email }: Guess) => email.slice(0, 200);

  return {
    // Counted before the password is looked at: tries side by side are all counted.
    tried: async (guess) => {
      const waits = await Promise.all([
        minutesToWait(fromHere, keyHere(guess)),
        minutesToWait(fromAnywhere, keyAnywhere(guess)),
        minutesToWait(fromAddress, guess.address.slice(0, 50)),
      ]);
      const longest = Math.max(...waits);
      return longest > 0 ? longest : null;
    },
    succeeded: async (guess) => {
      await Promise.all([fromHere.delete(keyHere(guess)), fromAnywhere.delete(keyAnywhere(guess))]);
    },
  };
}

/** Takes one try; 0 when it was there to take. */
async function minutesToWait(limiter: RateLimiterPostgres, key: string): Promise<number> {
  try {
    await limiter.consume(key);
    return 0;
  } catch (refused) {
    // The limiter throws its answer when the tries are used up, and errors when the database fails.
    if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 60_000));
    throw refused;
  }
}
