// What writes of channels share: whether one fits its provider and leads somewhere else when it is down, and its audit row.
import type { TransactionSql } from "#db/client.ts";
import { audit } from "#db/writes/audit.ts";
import { Refused } from "#db/writes/refused.ts";
import { adapterOf, addressProblem, type SavedChannel } from "#lib/contract/channel.ts";

export type ChannelSettings = Omit<SavedChannel, "version" | "updatedAt" | "updatedBy">;

export const noChannel = (slug: string): Refused =>
  new Refused("not_found", `There is no channel "${slug}".`);

/** One writer at a time: two that are each other's fallback must not be saved at once. */
export async function lockChannels(sql: TransactionSql): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('redrive.channels'))`;
}

/** @throws Refused `invalid_input` naming every field that is wrong. */
export async function checkChannel(sql: TransactionSql, channel: ChannelSettings): Promise<void> {
  const found = [
    { field: "provider", message: await providerProblem(sql, channel) },
    { field: "address", message: addressProblem(channel.kind, channel.address) },
    { field: "fallback", message: await fallbackProblem(sql, channel) },
  ];
  const errors = found.flatMap(({ field, message }) => (message === null ? [] : [{ field, message }]));
  if (errors.length === 0) return;
  const detail = errors.map(({ field, message }) => `${field}: ${message}.`).join(" ");
  throw new Refused("invalid_input", detail, { errors });
}

async function providerProblem(
  sql: TransactionSql,
  { kind, provider }: ChannelSettings,
): Promise<string | null> {
  const [row] = await sql<{ adapter: string }[]>`
    select coalesce(policy ->> 'adapter', 'http-json') as adapter from redrive.providers where slug = ${provider}`;
  if (!row) return `there is no provider "${provider}"; make one with the adapter ${adapterOf[kind]} first`;
  if (row.adapter === adapterOf[kind]) return null;
  return `"${provider}" delivers by ${row.adapter}; a channel of the kind ${kind} needs a provider with the adapter ${adapterOf[kind]}`;
}

async function fallbackProblem(
  sql: TransactionSql,
  { slug, fallback }: ChannelSettings,
): Promise<string | null> {
  if (fallback === null) return null;
  if (fallback === slug) return "must be another channel";
  const rows = await sql<{ slug: string; fallback: string | null }[]>`
    select slug, fallback from redrive.channels where slug <> ${slug}`;
  const next = new Map(rows.map((row) => [row.slug, row.fallback]));
  if (!next.has(fallback)) return `there is no channel "${fallback}"`;
  const way = [slug];
  for (let at: string | null | undefined = fallback; at; at = next.get(at)) {
    way.push(at);
    if (at === slug) return `leads back here: ${way.join(" → ")}`;
    // One that was there before us leads in a circle of its own; that is not this channel's fault.
    if (way.length > rows.length + 2) return null;
  }
  return null;
}

type Act = {
  slug: string;
  action: "channel.created" | "channel.changed" | "channel.deleted" | "channel.tested";
  actor: string;
  detail?: Record<string, unknown>;
};

export async function noteChannelAct(sql: TransactionSql, { slug, ...act }: Act): Promise<void> {
  await audit(sql, { ...act, subjectKind: "channel", subjectId: slug });
}
