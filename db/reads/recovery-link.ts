// A link as it was handed out, by its token's hash.
import { eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import { recoveryLinks } from "#db/schema-desk.ts";
import type { RecoveryLink } from "#lib/core/recovery-link.ts";

/** Null when no such link was made, or it ended long ago. */
export async function readRecoveryLink(
  db: Db,
  tokenHash: string,
): Promise<(RecoveryLink & { groupId: string }) | null> {
  const [row] = await db.select().from(recoveryLinks).where(eq(recoveryLinks.tokenHash, tokenHash));
  if (!row) return null;
  const { groupId, recipient, usedBy, usedFor } = row;
  return {
    groupId,
    recipient,
    usedBy,
    usedFor,
    expiresAt: iso(row.expiresAt),
    usedAt: isoOrNull(row.usedAt),
  };
}
