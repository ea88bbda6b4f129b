// The tables of the front door: who may send webhooks in, and how much came.
import { sql } from "drizzle-orm";
import { boolean, check, integer, jsonb, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import { providers, redrive } from "#db/schema.ts";
import { type InboundMapping, type InboundOptions, inboundKinds } from "#lib/core/inbound/kinds.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });

/** Senders of webhooks. Each has an address of its own, and a provider that its calls become records of. */
export const inboundSources = redrive.table(
  "inbound_sources",
  {
    slug: text("slug").primaryKey(),
    name: text("name").notNull(),
    kind: text("kind", { enum: inboundKinds }).notNull(),
    provider: text("provider")
      .notNull()
      .references(() => providers.slug),
    options: jsonb("options").$type<InboundOptions>().notNull().default(sql`'{}'`),
    /** The secrets, encrypted under REDRIVE_SECRET. */
    sealedSecrets: text("sealed_secrets").notNull(),
    /** Of each secret, in the same order, what may be shown: since when it is here, and until when it counts. */
    secrets: jsonb("secrets").$type<{ addedAt: string; until: string | null }[]>().notNull(),
    /** What the source itself says of its columns; the kind's own words fill the rest. */
    mapping: jsonb("mapping").$type<Partial<InboundMapping>>().notNull().default(sql`'{}'`),
    isEnabled: boolean("is_enabled").notNull().default(true),
    bytesMax: integer("bytes_max").notNull().default(1_048_576),
    version: integer("version").notNull().default(1),
    createdAt: at("created_at").notNull().default(sql`now()`),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
    updatedBy: text("updated_by").notNull(),
  },
  () => [
    check("inbound_sources_slug", sql`slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'`),
    check("inbound_sources_kind", sql.raw(`kind in (${inboundKinds.map((kind) => `'${kind}'`).join(", ")})`)),
    // The outbox takes no larger payload.
    check("inbound_sources_bytes_max", sql`bytes_max between 1 and 1048576`),
  ],
);

/** What came in a minute, for people: counted beside the storing, so a process that is killed forgets a few seconds. */
export const inboundMinutes = redrive.table(
  "inbound_minutes",
  {
    source: text("source")
      .notNull()
      .references(() => inboundSources.slug, { onDelete: "cascade" }),
    minute: at("minute").notNull(),
    accepted: integer("accepted").notNull().default(0),
    /** Of the accepted, those that were here before. */
    duplicates: integer("duplicates").notNull().default(0),
    refused: integer("refused").notNull().default(0),
    notStored: integer("not_stored").notNull().default(0),
    /** When the last of the accepted came. */
    acceptedAt: at("accepted_at"),
    /** Why the last of the refused was. */
    refusal: text("refusal"),
  },
  (table) => [primaryKey({ columns: [table.source, table.minute] })],
);
