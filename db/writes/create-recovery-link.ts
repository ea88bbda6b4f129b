// A link that lets whom it was sent to act on a failure group, once. The token goes out; only its SHA-256 is kept.
import { createHash, randomBytes } from "node:crypto";
import type { AnySql } from "#db/writes/transaction.ts";

type RecoveryLink = { groupId: string; recipient: string; expiresInMs: number };

/** @returns the token, 256 random bits, and until when it is good. */
export async function createRecoveryLink(
  sql: AnySql,
  { groupId, recipient, expiresInMs }: RecoveryLink,
): Promise<{ token: string; expiresAt: string }> {
  const token = randomBytes(32).toString("base64url");
  const [link] = await sql<{ expiresAt: string }[]>`
    insert into redrive.recovery_links (token_hash, group_id, recipient, expires_at)
    values (
      ${recoveryTokenHash(token)}, ${groupId}, ${recipient},
      date_trunc('milliseconds', clock_timestamp() + ${expiresInMs}::float8 * interval '1 millisecond')
    )
    returning expires_at`;
  if (!link) throw new Error("no link was written");
  return { token, expiresAt: link.expiresAt };
}

/** What is kept of a token. */
export const recoveryTokenHash = (token: string): string => createHash("sha256").update(token).digest("hex");
