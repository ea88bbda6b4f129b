// The tables, as drizzle reads them. What drizzle cannot say (partitions, fillfactor, functions) stands in the
// migrations and in db/functions; a test compares this file with the migrated database.
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { failureStates } from "#lib/contract/failure.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { roles, scopes } from "#lib/core/access.ts";
import { outcomes } from "#lib/core/outcome.ts";
import {
  breakerStates,
  eventKinds,
  failureCategories,
  gateHolds,
  openReasons,
  type Team,
} from "#lib/core/status.ts";
import { singleSubjects } from "#lib/core/system-events.ts";

export const redrive = pgSchema("redrive");

// Microseconds matter for paging: a timestamp is read as text and never passes through Date.
const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });
/** What the audit says of all, not of one record or person. An index has it, so queries must have it word for word. */
export const isOfTheSystem = sql.raw(
  `subject_kind not in (${singleSubjects.map((kind) => `'${kind}'`).join(", ")})`,
);
const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} in (${values.map((value) => `'${value}'`).join(", ")})`);

/** The records. Append-only, one partition a day of the id's time, never updated. */
export const outbox = redrive.table(
  "outbox",
  {
    id: uuid("id").primaryKey().default(sql`redrive.uuid_v7()`),
    provider: text("provider").notNull(),
    payload: jsonb("payload").notNull(),
    type: text("type"),
    idempotencyKey: text("idempotency_key"),
    dedupeKey: text("dedupe_key"),
    orderingKey: text("ordering_key"),
    correlationId: text("correlation_id"),
    owner: text("owner"),
    subject: text("subject"),
    headers: jsonb("headers").$type<Record<string, string>>(),
    priority: smallint("priority").notNull().default(0),
    notBefore: at("not_before"),
    onDelivered: text("on_delivered"),
    onFailed: text("on_failed"),
    onRejected: text("on_rejected"),
    /** Whether the provider's answer to the delivery is kept for the application. */
    keepResponse: boolean("keep_response").notNull().default(false),
  },
  (table) => [
    // The list of one provider's records, newest first, ends where its `order by` ends.
    index("outbox_provider_id").on(table.provider, table.id),
    index("outbox_correlation_id").on(table.correlationId).where(sql`correlation_id is not null`),
    // An end user's own records, newest first.
    index("outbox_owner_id").on(table.owner, table.id).where(sql`owner is not null`),
    // What its columns may hold is said by its trigger (outbox_inserted.sql): a check is made ready anew for each statement.
  ],
);

/** One row per undelivered record; deleted when it settles. Hot and narrow. */
export const queue = redrive.table(
  "queue",
  {
    recordId: uuid("record_id").primaryKey(),
    provider: text("provider").notNull(),
    priority: smallint("priority").notNull(),
    dueAt: at("due_at").notNull(),
    /** Attempts charged to the record; what the limit counts. */
    attempts: smallint("attempts").notNull().default(0),
    /** All attempts, charged or not; what the timeline counts. */
    tries: smallint("tries").notNull().default(0),
    /** When its last attempt began; others that succeeded since then show that the provider was well. */
    triedAt: at("tried_at"),
    /** How often a worker died while it had the record in flight. */
    interruptions: smallint("interruptions").notNull().default(0),
    /**
     * Records of one key go one after another, in the order of their ids. One that is not first of its key is parked by the
     * provider's owner: due at infinity, so that no scan meets it again until the one before it is settled.
     */
    orderingKey: text("ordering_key"),
    /** How often it came back from the failures by itself. */
    redrives: smallint("redrives").notNull().default(0),
    /** Which of the payloads that people corrected goes; 0 is the outbox's own. */
    revision: smallint("revision").notNull().default(0),
  },
  (table) => [
    // The owner's forward cursor. It ends in the id: a bulk insert gives 200,000 rows one due time.
    index("queue_due").on(table.provider, table.priority, table.dueAt, table.recordId),
    // Who is first of its key.
    index("queue_ordering")
      .on(table.provider, table.orderingKey, table.recordId)
      .where(sql`ordering_key is not null`),
    check("queue_counts_are_not_negative", sql`attempts >= 0 and tries >= attempts and interruptions >= 0`),
  ],
);

/** Records that wait for a person, and those that a person closed unsent. */
export const failures = redrive.table(
  "failures",
  {
    recordId: uuid("record_id").primaryKey(),
    provider: text("provider").notNull(),
    state: text("state", { enum: failureStates }).notNull().default("open"),
    category: text("category", { enum: failureCategories }).notNull(),
    /** A team's slug. */
    team: text("team").$type<Team>().notNull(),
    fingerprint: text("fingerprint").notNull(),
    outcome: text("outcome", { enum: outcomes }),
    statusCode: smallint("status_code"),
    message: text("message").notNull(),
    attempts: smallint("attempts").notNull(),
    tries: smallint("tries").notNull(),
    failedAt: at("failed_at").notNull(),
    assignee: text("assignee"),
    closedAt: at("closed_at"),
    closedBy: text("closed_by"),
    closedReason: text("closed_reason"),
    /** While it is open, later records of its key wait, unless a person let them pass. */
    orderingKey: text("ordering_key"),
    skippedBy: text("skipped_by"),
    redrives: smallint("redrives").notNull().default(0),
    revision: smallint("revision").notNull().default(0),
  },
  (table) => [
    // The failures page: newest first, by state, optionally one team's or one provider's.
    index("failures_newest").on(table.state, table.failedAt, table.recordId),
    index("failures_by_provider").on(table.provider, table.state, table.failedAt, table.recordId),
    // A team's open failures, and how many they are.
    index("failures_by_team").on(table.team, table.failedAt, table.recordId).where(sql`state = 'open'`),
    // A group's open failures.
    index("failures_of_group")
      .on(table.fingerprint, table.failedAt, table.recordId)
      .where(sql`state = 'open'`),
    index("failures_ordering")
      .on(table.provider, table.orderingKey, table.recordId)
      .where(sql`ordering_key is not null and state = 'open' and skipped_by is null`),
    check("failures_state", oneOf("state", failureStates)),
    check("failures_category", oneOf("category", failureCategories)),
    check("failures_team", sql`team ~ '^[a-z0-9][a-z0-9_-]{0,62}$'`),
    check(
      "failures_closed_says_who_and_why",
      sql`case state when 'open' then closed_at is null and closed_by is null and closed_reason is null
          else closed_at is not null and closed_by is not null and length(closed_reason) > 0 end`,
    ),
  ],
);

/** Each record's timeline. Append-only, partitioned like the outbox, so that both are dropped together. */
export const events = redrive.table(
  "events",
  {
    recordId: uuid("record_id").notNull(),
    at: at("at").notNull(),
    kind: text("kind", { enum: eventKinds }).notNull(),
    attempt: smallint("attempt"),
    outcome: text("outcome", { enum: outcomes }),
    status: smallint("status"),
    durationMs: integer("duration_ms"),
    actor: text("actor"),
    reason: text("reason"),
    detail: jsonb("detail").$type<Record<string, unknown>>(),
  },
  (table) => [
    // The one index: a record's timeline. Lists of settled records begin at the outbox.
    index("events_record").on(table.recordId, table.at),
    check("events_kind", oneOf("kind", eventKinds)),
    check("events_outcome", oneOf("outcome", outcomes)),
  ],
);

/** Policies. */
export const providers = redrive.table(
  "providers",
  {
    slug: text("slug").primaryKey(),
    policy: jsonb("policy").$type<ProviderPolicy>().notNull(),
    /** The auth part of the policy with its secrets, encrypted under REDRIVE_SECRET; null when there is none. */
    sealedAuth: text("sealed_auth"),
    version: integer("version").notNull().default(1),
    createdAt: at("created_at").notNull().default(sql`now()`),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
    updatedBy: text("updated_by").notNull(),
  },
  () => [check("providers_slug", sql`slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'`)],
);

/** One hot row a provider: who delivers, how much at once, and what holds it. */
export const providerState = redrive.table(
  "provider_state",
  {
    provider: text("provider")
      .primaryKey()
      .references(() => providers.slug, { onDelete: "cascade" }),
    // The lease. A higher epoch fences every earlier owner.
    owner: text("owner"),
    epoch: bigint("epoch", { mode: "number" }).notNull().default(0),
    leaseUntil: at("lease_until"),
    // The journal: ids that may be on their way, and when the last of them is over.
    inFlight: uuid("in_flight").array().notNull().default(sql`'{}'`),
    inFlightUntil: at("in_flight_until"),
    // Requests of a dead owner that may still run at the provider; they count against the batch size until then.
    phantoms: integer("phantoms").notNull().default(0),
    phantomsUntil: at("phantoms_until"),
    // The control state as lib/core reduces it, and what screens and triggers read of it.
    control: jsonb("control"),
    batchSize: smallint("batch_size").notNull().default(1),
    breaker: text("breaker", { enum: breakerStates }).notNull().default("closed"),
    breakerReason: text("breaker_reason", { enum: openReasons }),
    breakerSince: at("breaker_since"),
    nextProbeAt: at("next_probe_at"),
    nextHealthAt: at("next_health_at"),
    /** Told to wait by the provider (429): nobody need look before then. */
    restsUntil: at("rests_until"),
    // An operator's acts; the owner, or the sweep, takes them up.
    disabled: boolean("disabled").notNull().default(false),
    pausedAt: at("paused_at"),
    pausedUntil: at("paused_until"),
    pausedBy: text("paused_by"),
    pauseReason: text("pause_reason"),
    probeRequestedBy: text("probe_requested_by"),
    // What the owner's gate said last: why it sent nothing, until when, and whether an insert is reason enough to look
    // again. redrive.hold_of puts it together with the operator's acts and the breaker.
    gateHold: text("gate_hold", { enum: gateHolds }),
    gateUntil: at("gate_until"),
    gateReason: text("gate_reason"),
    insertWakes: boolean("insert_wakes").notNull().default(false),
    /** What the gate remembers: quota of the day, rate, run, health, recovery (lib/core/gate.ts). */
    gate: jsonb("gate"),
  },
  () => [
    check("provider_state_breaker", oneOf("breaker", breakerStates)),
    check("provider_state_batch_size", sql`batch_size >= 1`),
    check("provider_state_gate_hold", oneOf("gate_hold", gateHolds)),
    check("provider_state_owner_has_a_lease", sql`(owner is null) = (lease_until is null)`),
    check(
      "provider_state_pause_says_who_and_why",
      sql`(paused_at is null and paused_until is null and paused_by is null and pause_reason is null)
          or (paused_at is not null and paused_by is not null and length(pause_reason) > 0)`,
    ),
    check(
      "provider_state_open_has_a_reason",
      sql`breaker <> 'open' or (breaker_reason is not null and breaker_since is not null and next_probe_at is not null)`,
    ),
  ],
);

/** Which record has a dedupe key in a period of its provider's zone: no other of that key is sent meanwhile. */
export const dedupeKeys = redrive.table(
  "dedupe_keys",
  {
    provider: text("provider").notNull(),
    key: text("key").notNull(),
    /** The period's name in the provider's zone, like 2026-11-21. */
    period: text("period").notNull(),
    recordId: uuid("record_id").notNull(),
    expiresAt: at("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.key, table.period] }),
    // A record that fails gives its keys back.
    index("dedupe_keys_record").on(table.recordId),
    index("dedupe_keys_expire").on(table.expiresAt),
  ],
);

/** The first record of a producer's idempotency key; a second insert makes none. */
export const enqueuedKeys = redrive.table(
  "enqueued_keys",
  {
    provider: text("provider").notNull(),
    key: text("key").notNull(),
    recordId: uuid("record_id").notNull(),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.key] }),
    // Only the upkeep reads it, for what is old; rows come in the order of their time, so a summary of each range will do.
    index("enqueued_keys_created").using("brin", table.createdAt),
  ],
);

/** Access tokens, encrypted, one for each credential; whoever has the fetch asks for all. */
export const tokens = redrive.table(
  "tokens",
  {
    /** A hash of everything that the token depends on: endpoint, client, its secret, scope, audience. */
    credential: text("credential").primaryKey(),
    sealed: text("sealed"),
    /** When it is renewed, and when it ends. */
    renewAt: at("renew_at"),
    expiresAt: at("expires_at"),
    fetchedAt: at("fetched_at"),
    fetchingBy: text("fetching_by"),
    fetchingUntil: at("fetching_until"),
    /** Why the last fetch failed, and until when nobody tries again. */
    error: text("error"),
    failedUntil: at("failed_until"),
  },
  () => [check("tokens_fetching", sql`(fetching_by is null) = (fetching_until is null)`)],
);

/** Features switched at run time; kept in step with the policy, read through OpenFeature. */
export const flags = redrive.table(
  "flags",
  {
    provider: text("provider")
      .notNull()
      .references(() => providers.slug, { onDelete: "cascade" }),
    name: text("name").notNull(),
    value: jsonb("value").notNull(),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
    updatedBy: text("updated_by").notNull(),
  },
  (table) => [primaryKey({ columns: [table.provider, table.name] })],
);

/** Each start of a provider's schedule, once over all workers. */
export const scheduleRuns = redrive.table(
  "schedule_runs",
  {
    provider: text("provider")
      .notNull()
      .references(() => providers.slug, { onDelete: "cascade" }),
    schedule: text("schedule").notNull(),
    /** When it was due; for one that a person started, when they did. */
    dueAt: at("due_at").notNull(),
    startedBy: text("started_by").notNull(),
    /** The schedule as it was: cron and zone. One that has changed begins anew. */
    form: text("form").notNull().default(""),
    endedAt: at("ended_at"),
    enqueued: integer("enqueued"),
    error: text("error"),
  },
  (table) => [primaryKey({ columns: [table.provider, table.schedule, table.dueAt] })],
);

/** Every change of batch size or breaker, and why, in figures. */
export const batchChanges = redrive.table(
  "batch_changes",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    provider: text("provider").notNull(),
    at: at("at").notNull(),
    fromSize: smallint("from_size").notNull(),
    toSize: smallint("to_size").notNull(),
    breaker: text("breaker", { enum: breakerStates }).notNull(),
    /** What it was before; null of what an earlier release wrote. */
    breakerWas: text("breaker_was", { enum: breakerStates }),
    reason: text("reason").notNull(),
    figures: jsonb("figures").$type<Record<string, number | string | null>>().notNull(),
  },
  (table) => [
    index("batch_changes_by_provider").on(table.provider, table.at, table.id),
    // The few at which a breaker turned, among the many at which only the batch size did.
    index("batch_changes_of_breakers").on(table.at, table.id).where(sql`breaker <> breaker_was`),
    check("batch_changes_sizes", sql`from_size >= 1 and to_size >= 1`),
  ],
);

/** Ten seconds of one provider, added up in the settling statement. */
export const throughput = redrive.table(
  "throughput",
  {
    provider: text("provider").notNull(),
    bucket: at("bucket").notNull(),
    delivered: integer("delivered").notNull().default(0),
    retried: integer("retried").notNull().default(0),
    failed: integer("failed").notNull().default(0),
    /** Attempts by outcome, in the order of `outcomes` in lib/core/outcome.ts. */
    byOutcome: integer("by_outcome").array().notNull().default(sql`'{}'`),
    /** Latencies, in the buckets of lib/core/latency-histogram.ts. */
    latency: integer("latency").array().notNull().default(sql`'{}'`),
    batchSize: smallint("batch_size"),
    // Samples, taken once a bucket.
    backlog: integer("backlog"),
    held: integer("held"),
    oldestMs: bigint("oldest_ms", { mode: "number" }),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.bucket] }),
    // The overview reads all providers' newest buckets.
    index("throughput_bucket").on(table.bucket),
  ],
);

/** Worker processes, and when each last said that it lives. */
export const workers = redrive.table("workers", {
  id: text("id").primaryKey(),
  host: text("host").notNull(),
  pid: integer("pid").notNull(),
  startedAt: at("started_at").notNull().default(sql`now()`),
  seenAt: at("seen_at").notNull().default(sql`now()`),
  /** The names under which it locks jobs; a dead one's locks are undone, which would else last for hours. */
  jobWorkers: text("job_workers").array().notNull().default(sql`'{}'`),
  /** What the application has registered there: adapters, handlers, schedules' functions. */
  offers: jsonb("offers").$type<Record<string, string[]>>().notNull().default(sql`'{}'`),
});

export const users = redrive.table(
  "users",
  {
    id: uuid("id").primaryKey().default(sql`redrive.uuid_v7()`),
    email: text("email").notNull().unique(),
    /** Their id in Slack: what they press there is done in their name. */
    slackUserId: text("slack_user_id").unique(),
    name: text("name").notNull(),
    role: text("role", { enum: roles }).notNull(),
    passwordHash: text("password_hash").notNull(),
    /** Grows when a password or role changes: sessions of an older version end. */
    sessionVersion: integer("session_version").notNull().default(1),
    disabledAt: at("disabled_at"),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  () => [
    check("users_role", oneOf("role", roles)),
    check("users_email_is_lower_case", sql`email = lower(email)`),
  ],
);

/** Keys for programs. Only a SHA-256 of the key is kept: it is 256 random bits, so nothing slower is needed. */
export const apiKeys = redrive.table(
  "api_keys",
  {
    id: uuid("id").primaryKey().default(sql`redrive.uuid_v7()`),
    name: text("name").notNull(),
    keyHash: text("key_hash").notNull().unique(),
    /** Its first characters, by which people tell keys apart. */
    hint: text("hint"),
    /** Scopes of lib/core/access.ts: words, each of several permissions. */
    grants: text("grants", { enum: scopes }).array().notNull().default(sql`'{}'`),
    /** Single permissions beside them, of keys that were written by hand. */
    scopes: text("scopes").array().notNull().default(sql`'{}'`),
    /** Kept to these providers; null is all. */
    providers: text("providers").array(),
    /** Kept to this owner's records; null is all. */
    owner: text("owner"),
    version: integer("version").notNull().default(1),
    createdAt: at("created_at").notNull().default(sql`now()`),
    createdBy: text("created_by"),
    expiresAt: at("expires_at"),
    /** To the minute. */
    lastUsedAt: at("last_used_at"),
    revokedAt: at("revoked_at"),
    revokedBy: text("revoked_by"),
  },
  () => [
    check("api_keys_grants", sql.raw(`grants <@ array[${scopes.map((one) => `'${one}'`).join(", ")}]`)),
    // None would be a key that reads as one for everything.
    check("api_keys_providers", sql`cardinality(providers) between 1 and 100`),
    check("api_keys_owner", sql`length(owner) between 1 and 200`),
    check("api_keys_revoked_says_when", sql`revoked_by is null or revoked_at is not null`),
  ],
);

/** What keys were before they were rotated: each opens the same key until its end. */
export const formerKeys = redrive.table(
  "former_keys",
  {
    keyHash: text("key_hash").primaryKey(),
    apiKey: uuid("api_key")
      .notNull()
      .references(() => apiKeys.id, { onDelete: "cascade" }),
    until: at("until").notNull(),
  },
  (table) => [index("former_keys_of_key").on(table.apiKey, table.until)],
);

/** Who did what; written in the transaction of the act. */
export const audit = redrive.table(
  "audit",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    at: at("at").notNull().default(sql`now()`),
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    subjectKind: text("subject_kind").notNull(),
    subjectId: text("subject_id").notNull(),
    reason: text("reason"),
    detail: jsonb("detail").$type<Record<string, unknown>>(),
  },
  (table) => [
    index("audit_subject").on(table.subjectKind, table.subjectId, table.at),
    // The audit's page: newest first, of all, of one person, of one kind of act.
    index("audit_newest").on(table.at, table.id),
    index("audit_actor").on(table.actor, table.at, table.id),
    index("audit_action").on(table.action, table.at, table.id),
    // What changed for all, among the many acts on single records.
    index("audit_of_the_system").on(table.at, table.id).where(isOfTheSystem),
  ],
);

/** Sign-in attempts per address and account, counted by rate-limiter-flexible. */
export const rateLimits = redrive.table("rate_limits", {
  key: text("key").primaryKey(),
  points: integer("points").notNull().default(0),
  expire: bigint("expire", { mode: "number" }),
});

/** Which request of a caller already ran: answers a repeated `Idempotency-Key` with the first answer. */
export const idempotencyKeys = redrive.table(
  "idempotency_keys",
  {
    caller: text("caller").notNull(),
    key: text("key").notNull(),
    requestHash: text("request_hash").notNull(),
    status: smallint("status"),
    body: jsonb("body"),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.caller, table.key] })],
);

/** Small facts of the installation that processes share, such as the demo's switch. */
export const settings = redrive.table("settings", {
  key: text("key").primaryKey(),
  value: jsonb("value").notNull(),
  updatedAt: at("updated_at").notNull().default(sql`now()`),
});
