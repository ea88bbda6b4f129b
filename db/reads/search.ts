// What a person types into a search box, as SQL.
import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Bounds } from "#lib/core/key.ts";

/** The text anywhere in the value, its wildcards taken literally. */
export const anywhere = (q: string): string => `%${q.replace(/[\\%_]/g, "\\$&")}%`;

export const isId = (q: string): boolean => z.guid().safeParse(q).success;

/**
 * Records of `outbox` joined with `failures` that match: by subject, owner, correlation id, the failure's message, or
 * the exact id; null when nothing is searched for.
 */
export function matches(q: string | undefined): SQL | null {
  const text = q?.trim();
  if (!text) return null;
  const like = anywhere(text);
  const byText = sql`outbox.subject ilike ${like} or outbox.owner ilike ${like} or outbox.correlation_id ilike ${like}
    or failures.message ilike ${like}`;
  return isId(text) ? sql`(outbox.id = ${text}::uuid or ${byText})` : sql`(${byText})`;
}

/** Records of `outbox` within what a key is kept to; null where that is everything. */
export function keptTo(bounds: Bounds | null | undefined): SQL | null {
  if (!bounds) return null;
  const { providers, owner } = bounds;
  const parts = [
    providers ? sql`outbox.provider in ${providers}` : null,
    owner !== null ? sql`outbox.owner = ${owner}` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : sql.join(parts, sql` and `);
}
