// Channels and routes, as their settings page shows them.
import { asc, eq, max, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import { providerState, providers } from "#db/schema.ts";
import { channels, messages, routes } from "#db/schema-desk.ts";
import type { Channel, Route } from "#lib/contract/channel.ts";
import type { Hold } from "#lib/core/status.ts";

export async function readChannels(db: Db): Promise<Channel[]> {
  const lastSent = db
    .select({ channel: messages.channel, at: max(messages.sentAt).as("at") })
    .from(messages)
    .groupBy(messages.channel)
    .as("last_sent");
  const rows = await db
    .select({
      channel: channels,
      providerName: sql<string>`${providers.policy} ->> 'name'`,
      hold: sql<Hold | null>`redrive.hold_of(provider_state.*)`,
      lastSentAt: lastSent.at,
    })
    .from(channels)
    .innerJoin(providers, eq(providers.slug, channels.provider))
    .innerJoin(providerState, eq(providerState.provider, channels.provider))
    .leftJoin(lastSent, eq(lastSent.channel, channels.slug))
    .orderBy(asc(channels.name), asc(channels.slug));
  return rows.map(({ channel, lastSentAt, ...more }) => ({
    ...channel,
    ...more,
    updatedAt: iso(channel.updatedAt),
    lastSentAt: isoOrNull(lastSentAt),
  }));
}

export async function readChannel(db: Db, slug: string): Promise<Channel | null> {
  return (await readChannels(db)).find((channel) => channel.slug === slug) ?? null;
}

/** In the order in which they were made. */
export const readRoutes = (db: Db): Promise<Route[]> => db.select().from(routes).orderBy(asc(routes.id));
