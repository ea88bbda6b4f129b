// A person's e-mail address and password, checked; the same answer and the same time whether the address is known or not.
import { readUserByEmail } from "#db/reads/people.ts";
import type { Deps } from "#lib/server/deps.ts";
import { verifyPassword } from "#lib/server/passwords.ts";
import { Refusal } from "#lib/server/problem.ts";
import { signInLimit } from "#lib/server/sign-in-limit.ts";

export type SignedIn = { id: string; email: string; name: string; sessionVersion: number };

type Credentials = { email: string; password: string; address: string };

/** Longer passwords are nobody's; hashing them would be work for nothing. */
const passwordMax = 1_000;

/**
 * The person, or null when the address or the password is wrong, or the person is disabled.
 *
 * @throws Refusal `rate_limited` after too many tries, saying for how long.
 */
export async function signIn(deps: Deps, given: Credentials): Promise<SignedIn | null> {
  const email = given.email.trim().toLowerCase();
  const guess = { email, address: given.address };
  const limit = limitOf(deps);
  const wait = await limit.tried(guess);
  if (wait !== null) {
    deps.log.warn({ address: given.address }, "too many tries to sign in");
    throw new Refusal(
      "rate_limited",
      `Too many attempts; try again in ${wait} ${wait === 1 ? "minute" : "minutes"}.`,
    );
  }
  const user = await readUserByEmail(deps.db, email);
  const isRight =
    given.password.length <= passwordMax &&
    (await verifyPassword(user?.passwordHash ?? null, given.password));
  if (!isRight || !user || user.isDisabled) return null;
  await limit.succeeded(guess);
  return { id: user.id, email: user.email, name: user.name, sessionVersion: user.sessionVersion };
}

const limits = new WeakMap<Deps["sql"], ReturnType<typeof signInLimit>>();

/** One limiter a process: each has a timer that clears what has expired. */
function limitOf({ sql }: Deps): ReturnType<typeof signInLimit> {
  const made = limits.get(sql) ?? signInLimit(sql);
  limits.set(sql, made);
  return made;
}
