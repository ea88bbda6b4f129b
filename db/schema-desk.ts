// The tables of the people around the engine: who is told of a failure or an alert, where, what they did, and what proves
// that the pipe flows. The engine's own tables are in schema.ts.
import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { providers, redrive } from "#db/schema.ts";
import {
  alertKinds,
  alertStates,
  channelKinds,
  messageStates,
  messageSubjects,
  severities,
  teamKinds,
} from "#lib/core/desk.ts";
import { failureCategories } from "#lib/core/status.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });
const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} in (${values.map((value) => `'${value}'`).join(", ")})`);
const slugShape = (column: string) => sql.raw(`${column} ~ '^[a-z0-9][a-z0-9_-]{0,62}$'`);

/** Who looks after failures. Technical and client data are always there. */
export const teams = redrive.table(
  "teams",
  {
    slug: text("slug").primaryKey(),
    name: text("name").notNull(),
    /** Which of the two skills it has: who may act on its failures follows from that. */
    kind: text("kind", { enum: teamKinds }).notNull(),
    position: smallint("position").notNull().default(100),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  () => [check("teams_slug", slugShape("slug")), check("teams_kind", oneOf("kind", teamKinds))],
);

/** Which failures a team is given when they come in: the first rule that fits. What is null fits anything. */
export const teamRules = redrive.table(
  "team_rules",
  {
    id: uuid("id").primaryKey().default(sql`redrive.uuid_v7()`),
    position: smallint("position").notNull(),
    team: text("team")
      .notNull()
      .references(() => teams.slug, { onDelete: "cascade" }),
    provider: text("provider"),
    type: text("type"),
    category: text("category", { enum: failureCategories }),
    statusCode: smallint("status_code"),
    /** Part of the failure's message, in any case. */
    contains: text("contains"),
  },
  () => [
    check(
      "team_rules_say_something",
      sql`num_nonnulls(provider, type, category, status_code, contains) > 0 and length(contains) > 0`,
    ),
  ],
);

/**
 * Failures of one fingerprint, from the first until all of them have been dealt with for a while; what fails after that is
 * a new row, and the group is "back again". Kept by triggers on the failures.
 */
export const failureGroups = redrive.table(
  "failure_groups",
  {
    id: uuid("id").primaryKey().default(sql`redrive.uuid_v7()`),
    fingerprint: text("fingerprint").notNull(),
    provider: text("provider").notNull(),
    type: text("type"),
    category: text("category", { enum: failureCategories }).notNull(),
    team: text("team").notNull(),
    statusCode: smallint("status_code"),
    /** The message of the first of them. */
    title: text("title").notNull(),
    openedAt: at("opened_at").notNull(),
    lastAt: at("last_at").notNull(),
    /** How many failures came, over all its time. */
    records: integer("records").notNull(),
    /** How many of them are open now. */
    openRecords: integer("open_records").notNull().default(0),
    /** How many came in each of the last 24 hours that `hours_at` ends; shorter when it is younger. */
    hours: integer("hours").array().notNull().default(sql`'{}'`),
    hoursAt: at("hours_at"),
    /** Who gave it to its team by hand: the rules don't take it back. */
    movedBy: text("moved_by"),
    /** When something of it changed that a message about it would say. */
    changedAt: at("changed_at").notNull(),
    /** The first that a person did. */
    touchedAt: at("touched_at"),
    touchedBy: text("touched_by"),
    /** Since when none of its failures is open. */
    emptiedAt: at("emptied_at"),
    resolvedAt: at("resolved_at"),
    assignee: text("assignee"),
    note: text("note"),
    mutedUntil: at("muted_until"),
    /** What a person did last, for the next one who presses a button. */
    lastAct: text("last_act"),
    lastActBy: text("last_act_by"),
    lastActAt: at("last_act_at"),
    /** How many records it was done to. */
    lastActRecords: integer("last_act_records"),
  },
  (table) => [
    uniqueIndex("failure_groups_open").on(table.fingerprint).where(sql`resolved_at is null`),
    index("failure_groups_by_fingerprint").on(table.fingerprint, table.openedAt),
    index("failure_groups_newest").on(table.lastAt, table.id),
    // The few that are open stand among all that ever were.
    index("failure_groups_open_newest").on(table.lastAt, table.id).where(sql`resolved_at is null`),
    index("failure_groups_changed").on(table.changedAt),
    check("failure_groups_touched_by_someone", sql`(touched_at is null) = (touched_by is null)`),
    check("failure_groups_count", sql`records >= 0 and open_records >= 0`),
    check("failure_groups_resolved_when_empty", sql`resolved_at is null or emptied_at is not null`),
    check(
      "failure_groups_last_act_is_whole",
      sql`(last_act is null) = (last_act_by is null) and (last_act is null) = (last_act_at is null)`,
    ),
  ],
);

/** A payload that a person has corrected; the outbox keeps the original. */
export const revisions = redrive.table(
  "revisions",
  {
    recordId: uuid("record_id").notNull(),
    nth: smallint("nth").notNull(),
    payload: jsonb("payload").notNull(),
    at: at("at").notNull().default(sql`clock_timestamp()`),
    by: text("by").notNull(),
    reason: text("reason"),
  },
  (table) => [primaryKey({ columns: [table.recordId, table.nth] }), check("revisions_nth", sql`nth >= 1`)],
);

/** Where people are told: a place of one of our own providers, which delivers it. */
export const channels = redrive.table(
  "channels",
  {
    slug: text("slug").primaryKey(),
    name: text("name").notNull(),
    kind: text("kind", { enum: channelKinds }).notNull(),
    provider: text("provider")
      .notNull()
      .references(() => providers.slug, { onDelete: "restrict" }),
    /** A Slack channel's id, or e-mail addresses; for a webhook nothing, it has its provider's URL. */
    address: text("address").notNull().default(""),
    /** Who is told instead while this one is down. */
    fallback: text("fallback"),
    enabled: boolean("enabled").notNull().default(true),
    version: integer("version").notNull().default(1),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
    updatedBy: text("updated_by").notNull(),
  },
  () => [
    check("channels_slug", slugShape("slug")),
    check("channels_kind", oneOf("kind", channelKinds)),
    check("channels_fallback_is_another", sql`fallback is distinct from slug`),
    check("channels_have_an_address", sql`kind = 'webhook' or length(address) > 0`),
  ],
);

/** Which channel is told of what. What is null fits anything; every route that fits tells its channel. */
export const routes = redrive.table(
  "routes",
  {
    id: uuid("id").primaryKey().default(sql`redrive.uuid_v7()`),
    subject: text("subject", { enum: messageSubjects }).notNull(),
    channel: text("channel")
      .notNull()
      .references(() => channels.slug, { onDelete: "cascade" }),
    team: text("team"),
    provider: text("provider"),
    /** This severity and those above. */
    severity: text("severity", { enum: severities }).notNull().default("info"),
  },
  () => [
    check("routes_subject", oneOf("subject", messageSubjects)),
    check("routes_severity", oneOf("severity", severities)),
  ],
);

/** One message to one channel about one failure group or one alert, updated in place. */
export const messages = redrive.table(
  "messages",
  {
    id: uuid("id").primaryKey().default(sql`redrive.uuid_v7()`),
    subject: text("subject", { enum: messageSubjects }).notNull(),
    /** The failure group's or the alert's id. */
    subjectId: uuid("subject_id").notNull(),
    channel: text("channel")
      .notNull()
      .references(() => channels.slug, { onDelete: "cascade" }),
    state: text("state", { enum: messageStates }).notNull().default("due"),
    /** The channel that this one stands in for. */
    insteadOf: text("instead_of"),
    /** The outbox record that carries its newest text. */
    recordId: uuid("record_id"),
    /** Where the receiver keeps it: Slack's channel and ts. */
    place: jsonb("place").$type<Record<string, string>>(),
    /** What was said last: nothing is sent that says the same. */
    contentHash: text("content_hash"),
    /** The subject's `changed_at` that the newest text tells of. */
    toldAt: at("told_at"),
    sentAt: at("sent_at"),
    updates: integer("updates").notNull().default(0),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  (table) => [
    unique("messages_once_a_channel").on(table.subject, table.subjectId, table.channel),
    index("messages_by_record").on(table.recordId),
    index("messages_under_way").on(table.recordId).where(sql`state = 'sending'`),
    // What has reached nobody yet: its fallback may have to stand in.
    index("messages_unheard").on(table.createdAt).where(sql`sent_at is null`),
    check("messages_subject", oneOf("subject", messageSubjects)),
    check("messages_state", oneOf("state", messageStates)),
  ],
);

/** Links that were handed out, each good for one act. Only a SHA-256 of the token is kept. */
export const recoveryLinks = redrive.table(
  "recovery_links",
  {
    tokenHash: text("token_hash").primaryKey(),
    groupId: uuid("group_id").notNull(),
    /** Whom it was sent to; who acts by it is written down as them. */
    recipient: text("recipient").notNull(),
    createdAt: at("created_at").notNull().default(sql`now()`),
    expiresAt: at("expires_at").notNull(),
    usedAt: at("used_at"),
    usedBy: text("used_by"),
    usedFor: text("used_for"),
  },
  (table) => [
    index("recovery_links_expire").on(table.expiresAt),
    check(
      "recovery_links_used_whole",
      sql`(used_at is null) = (used_by is null) and (used_at is null) = (used_for is null)`,
    ),
  ],
);

/** Signed requests that came, and tokens that are good once: a second one is refused. */
export const usedOnce = redrive.table(
  "used_once",
  {
    key: text("key").primaryKey(),
    expiresAt: at("expires_at").notNull(),
  },
  (table) => [index("used_once_expire").on(table.expiresAt)],
);

export const alertRules = redrive.table(
  "alert_rules",
  {
    slug: text("slug").primaryKey(),
    name: text("name").notNull(),
    kind: text("kind", { enum: alertKinds }).notNull(),
    severity: text("severity", { enum: severities }).notNull(),
    /** Of one provider; null means each of them. */
    provider: text("provider"),
    /** What the kind takes, see lib/contract/alert.ts. */
    params: jsonb("params").$type<Record<string, unknown>>().notNull(),
    /** How long it must hold before anybody is told, ms. */
    forMs: integer("for_ms").notNull(),
    enabled: boolean("enabled").notNull().default(true),
    silencedUntil: at("silenced_until"),
    silencedBy: text("silenced_by"),
    silenceReason: text("silence_reason"),
    version: integer("version").notNull().default(1),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
    updatedBy: text("updated_by").notNull(),
  },
  () => [
    check("alert_rules_slug", slugShape("slug")),
    check("alert_rules_kind", oneOf("kind", alertKinds)),
    check("alert_rules_severity", oneOf("severity", severities)),
    check("alert_rules_wait_is_not_negative", sql`for_ms >= 0`),
    check(
      "alert_rules_silence_is_whole",
      sql`(silenced_until is null) = (silenced_by is null) and (silenced_until is null) = (silence_reason is null)`,
    ),
  ],
);

/** What holds, but not for long enough yet. */
export const alertWatches = redrive.table(
  "alert_watches",
  {
    rule: text("rule")
      .notNull()
      .references(() => alertRules.slug, { onDelete: "cascade" }),
    /** What it is about: a provider, a worker, a canary, a fingerprint; empty for the whole installation. */
    about: text("about").notNull(),
    since: at("since").notNull(),
  },
  (table) => [primaryKey({ columns: [table.rule, table.about] })],
);

export const alerts = redrive.table(
  "alerts",
  {
    id: uuid("id").primaryKey().default(sql`redrive.uuid_v7()`),
    rule: text("rule").notNull(),
    kind: text("kind", { enum: alertKinds }).notNull(),
    about: text("about").notNull(),
    severity: text("severity", { enum: severities }).notNull(),
    state: text("state", { enum: alertStates }).notNull().default("open"),
    /** A sentence for people. */
    title: text("title").notNull(),
    figures: jsonb("figures").$type<Record<string, number | string | null>>().notNull(),
    openedAt: at("opened_at").notNull(),
    /** When it was last found to hold. */
    lastAt: at("last_at").notNull(),
    changedAt: at("changed_at").notNull(),
    acknowledgedAt: at("acknowledged_at"),
    acknowledgedBy: text("acknowledged_by"),
    silencedUntil: at("silenced_until"),
    silencedBy: text("silenced_by"),
    silenceReason: text("silence_reason"),
    resolvedAt: at("resolved_at"),
  },
  (table) => [
    uniqueIndex("alerts_one_open").on(table.rule, table.about).where(sql`state <> 'resolved'`),
    index("alerts_newest").on(table.openedAt, table.id),
    index("alerts_changed").on(table.changedAt),
    check("alerts_kind", oneOf("kind", alertKinds)),
    check("alerts_severity", oneOf("severity", severities)),
    check("alerts_state", oneOf("state", alertStates)),
    check("alerts_resolved_at_a_time", sql`(state = 'resolved') = (resolved_at is not null)`),
    check(
      "alerts_acknowledged_by_someone",
      sql`(acknowledged_at is null) = (acknowledged_by is null) and (state <> 'acknowledged' or acknowledged_at is not null)`,
    ),
    check(
      "alerts_silence_is_whole",
      sql`(silenced_until is null) = (silenced_by is null) and (silenced_until is null) = (silence_reason is null)`,
    ),
  ],
);

/** Synthetic records on a schedule, which prove that the whole pipe flows. */
export const canaries = redrive.table(
  "canaries",
  {
    slug: text("slug").primaryKey(),
    provider: text("provider")
      .notNull()
      .references(() => providers.slug, { onDelete: "cascade" }),
    cron: text("cron").notNull(),
    timeZone: text("time_zone").notNull().default("UTC"),
    payload: jsonb("payload").notNull(),
    /** What the answer must be: `{ "status"?, "jsonPath"?, "equals"? }`; empty when a delivery is enough. */
    expect: jsonb("expect").$type<Record<string, unknown>>().notNull().default(sql`'{}'`),
    /** From its insert to its delivery, ms. */
    limitMs: integer("limit_ms").notNull(),
    enabled: boolean("enabled").notNull().default(true),
    version: integer("version").notNull().default(1),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
    updatedBy: text("updated_by").notNull(),
  },
  (table) => [
    index("canaries_by_provider").on(table.provider),
    check("canaries_slug", slugShape("slug")),
    check("canaries_limit", sql`limit_ms > 0`),
  ],
);

export const canaryRuns = redrive.table(
  "canary_runs",
  {
    canary: text("canary")
      .notNull()
      .references(() => canaries.slug, { onDelete: "cascade" }),
    /** When it was due; for one that a person started, when they did. */
    dueAt: at("due_at").notNull(),
    startedBy: text("started_by").notNull(),
    recordId: uuid("record_id"),
    startedAt: at("started_at").notNull().default(sql`clock_timestamp()`),
    endedAt: at("ended_at"),
    tookMs: integer("took_ms"),
    ok: boolean("ok"),
    /** Delivered and as expected, but later than its limit: it is not ok, and nothing else is wrong. */
    slow: boolean("slow").notNull().default(false),
    /** Why it failed, as a sentence for people. */
    error: text("error"),
  },
  (table) => [
    primaryKey({ columns: [table.canary, table.dueAt] }),
    index("canary_runs_by_record").on(table.recordId),
    index("canary_runs_newest").on(table.startedAt),
    // The ones under way, by provider's few canaries: what figures leave out, and what is swept. One of each at most, so
    // that none piles up behind a provider that is held.
    uniqueIndex("canary_runs_one_under_way").on(table.canary).where(sql`ended_at is null`),
    check("canary_runs_slow_is_not_ok", sql`not slow or ok is false`),
    check("canary_runs_end_with_a_verdict", sql`(ended_at is null) = (ok is null)`),
  ],
);
