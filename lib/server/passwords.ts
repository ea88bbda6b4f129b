// Passwords at rest: argon2id, with the parameters inside the hash.
import { hash, verify } from "@node-rs/argon2";

/** OWASP's first choice: 19 MiB, two passes, one lane. Algorithm: argon2id, the package's default. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, cost);

/** Whether the password is the hash's. Without a hash it takes as long, and is false: timing tells nothing. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await dummyHash()), password);
  return matches && passwordHash !== null;
}

let dummy: Promise<string> | null = null;

function dummyHash(): Promise<string> {
  dummy ??= hashPassword("nobody has this password");
  return dummy;
}
