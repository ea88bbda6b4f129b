// The tables of bulk operations: what each covers, how far it has come, and which records it has acted on.
import { sql } from "drizzle-orm";
import {
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { redrive } from "#db/schema.ts";
import type { FailureFilter } from "#lib/contract/bulk.ts";
import { bulkActions, bulkStates } from "#lib/core/bulk.ts";
import { teamKinds } from "#lib/core/desk.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });
const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} in (${values.map((value) => `'${value}'`).join(", ")})`);

/** Each act of a person on all failures of a filter. Workers carry it out; whoever has the row locked is at it. */
export const operations = redrive.table(
  "operations",
  {
    id: uuid("id").primaryKey().default(sql`redrive.uuid_v7()`),
    action: text("action", { enum: bulkActions }).notNull(),
    state: text("state", { enum: bulkStates }).notNull().default("running"),
    filter: jsonb("filter").$type<FailureFilter>().notNull(),
    /** Only what failed until then. */
    cutoff: at("cutoff").notNull(),
    reason: text("reason").notNull(),
    /** Why it rejects, as a code. */
    code: text("code"),
    /** Records a second; null: as fast as it can. */
    rate: doublePrecision("rate"),
    /** Only so many, the oldest. */
    first: integer("first"),
    /** The kinds of team whose failures its maker may do this to. */
    kinds: text("kinds", { enum: teamKinds }).array().notNull(),
    expected: integer("expected").notNull(),
    matched: integer("matched").notNull(),
    eligible: integer("eligible").notNull(),
    acted: integer("acted").notNull().default(0),
    createdAt: at("created_at").notNull().default(sql`clock_timestamp()`),
    createdBy: text("created_by").notNull(),
    /** Who paused, resumed or cancelled it last. */
    changedAt: at("changed_at"),
    changedBy: text("changed_by"),
    changeReason: text("change_reason"),
    endedAt: at("ended_at"),
    // Where it stands: the last failure looked at, and when the next slot of its pace is.
    placeAt: at("place_at"),
    placeId: uuid("place_id"),
    nextAt: at("next_at").notNull().default(sql`clock_timestamp()`),
    /** It begins anew for those that others had in hands; how many those are, in this round. */
    round: smallint("round").notNull().default(1),
    busy: integer("busy").notNull().default(0),
  },
  (table) => [
    // What there is to do.
    index("operations_running").on(table.nextAt, table.id).where(sql`state = 'running'`),
    index("operations_by_state").on(table.state, table.id),
    check("operations_action", oneOf("action", bulkActions)),
    check("operations_state", oneOf("state", bulkStates)),
    check("operations_end", sql`(state in ('done', 'cancelled')) = (ended_at is not null)`),
    check("operations_place", sql`(place_at is null) = (place_id is null)`),
    check(
      "operations_counts",
      sql`acted >= 0 and busy >= 0 and eligible between 0 and matched and rate > 0 and first > 0`,
    ),
    check("operations_reject_has_a_code", sql`(action = 'reject') = (code is not null)`),
  ],
);

/** Which records an operation has acted on: each once. */
export const operationRecords = redrive.table(
  "operation_records",
  {
    operation: uuid("operation")
      .notNull()
      .references(() => operations.id, { onDelete: "cascade" }),
    recordId: uuid("record_id").notNull(),
    at: at("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.operation, table.recordId] })],
);
