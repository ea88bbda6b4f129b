// A producer's keys, when the program that gives them is kept to an owner: they are that owner's, and meet nobody else's.
import { createHash } from "node:crypto";

/** As long as the columns for keys take. */
const keyMax = 200;

/**
 * A producer's key as it is stored for a program that is kept to an owner: never what another owner's becomes, whatever
 * either is called. Behind the length nothing can be moved from the one to the other; what would be too long is named by
 * its SHA-256.
 */
function keyOfOwner(owner: string, key: string): string {
  const own = `~${owner.length}:${owner}:${key}`;
  return own.length <= keyMax ? own : `~sha256:${createHash("sha256").update(own).digest("hex")}`;
}

export type ProducerKeys = { idempotencyKey?: string; dedupeKey?: string; orderingKey?: string };

/** Its own: an owner who names a key learns nothing of another's record, and holds none up. */
export const keysOfOwner = (
  owner: string,
  { idempotencyKey, dedupeKey, orderingKey }: ProducerKeys,
): ProducerKeys => ({
  ...(idempotencyKey !== undefined && { idempotencyKey: keyOfOwner(owner, idempotencyKey) }),
  ...(dedupeKey !== undefined && { dedupeKey: keyOfOwner(owner, dedupeKey) }),
  ...(orderingKey !== undefined && { orderingKey: keyOfOwner(owner, orderingKey) }),
});
