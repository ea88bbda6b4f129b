// The Slack app behind a button: the provider whose channel the message stands in.
import { desc, eq, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { providers } from "#db/schema.ts";
import { channels } from "#db/schema-desk.ts";

export type SlackApp = { provider: string; url: string; sealedAuth: string | null };

/** Of several the one that speaks in this place; null when there is no channel of Slack's. */
export async function readSlackApp(db: Db, place: string | null): Promise<SlackApp | null> {
  const [row] = await db
    .select({ provider: providers.slug, policy: providers.policy, sealedAuth: providers.sealedAuth })
    .from(channels)
    .innerJoin(providers, eq(providers.slug, channels.provider))
    .where(eq(channels.kind, "slack"))
    .orderBy(desc(sql`${channels.address} = ${place ?? ""}`), desc(channels.enabled), channels.slug)
    .limit(1);
  return row ? { provider: row.provider, url: row.policy.url, sealedAuth: row.sealedAuth } : null;
}
