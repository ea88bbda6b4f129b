-- Made by drizzle-kit from db/schema.ts, then given what drizzle cannot say: partitions, storage settings, and the
-- function that column defaults name (db/functions/ replaces its body on every migration).
CREATE SCHEMA IF NOT EXISTS "redrive";
--> statement-breakpoint
CREATE FUNCTION "redrive"."uuid_v7"() RETURNS uuid LANGUAGE sql VOLATILE AS 'select gen_random_uuid()';
--> statement-breakpoint
CREATE TABLE "redrive"."api_keys" (
	"id" uuid PRIMARY KEY DEFAULT redrive.uuid_v7() NOT NULL,
	"name" text NOT NULL,
	"key_hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_keys_key_hash_unique" UNIQUE("key_hash")
);
--> statement-breakpoint
CREATE TABLE "redrive"."audit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "redrive"."audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"reason" text,
	"detail" jsonb
);
--> statement-breakpoint
CREATE TABLE "redrive"."batch_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "redrive"."batch_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"provider" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"from_size" smallint NOT NULL,
	"to_size" smallint NOT NULL,
	"breaker" text NOT NULL,
	"reason" text NOT NULL,
	"figures" jsonb NOT NULL,
	CONSTRAINT "batch_changes_sizes" CHECK (from_size >= 1 and to_size >= 1)
);
--> statement-breakpoint
CREATE TABLE "redrive"."events" (
	"record_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"attempt" smallint,
	"outcome" text,
	"status" smallint,
	"duration_ms" integer,
	"actor" text,
	"reason" text,
	"detail" jsonb,
	CONSTRAINT "events_kind" CHECK (kind in ('attempted', 'delivered', 'duplicate', 'failed', 'discarded', 'interrupted', 'retried', 'retry_cancelled', 'rejected', 'reopened')),
	CONSTRAINT "events_outcome" CHECK (outcome in ('delivered', 'duplicate', 'invalid', 'unauthorized', 'throttled', 'unavailable', 'ambiguous', 'unexpected'))
) PARTITION BY RANGE ("record_id");
--> statement-breakpoint
CREATE TABLE "redrive"."failures" (
	"record_id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"category" text NOT NULL,
	"team" text NOT NULL,
	"fingerprint" text NOT NULL,
	"outcome" text,
	"status_code" smallint,
	"message" text NOT NULL,
	"attempts" smallint NOT NULL,
	"tries" smallint NOT NULL,
	"failed_at" timestamp with time zone NOT NULL,
	"assignee" text,
	"closed_at" timestamp with time zone,
	"closed_by" text,
	"closed_reason" text,
	CONSTRAINT "failures_state" CHECK (state in ('open', 'rejected')),
	CONSTRAINT "failures_category" CHECK (category in ('technical', 'client_data', 'poison')),
	CONSTRAINT "failures_team" CHECK (team in ('technical', 'client_data')),
	CONSTRAINT "failures_closed_says_who_and_why" CHECK (case state when 'open' then closed_at is null and closed_by is null and closed_reason is null
          else closed_at is not null and closed_by is not null and length(closed_reason) > 0 end)
);
--> statement-breakpoint
CREATE TABLE "redrive"."idempotency_keys" (
	"caller" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" smallint,
	"body" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_caller_key_pk" PRIMARY KEY("caller","key")
);
--> statement-breakpoint
CREATE TABLE "redrive"."outbox" (
	"id" uuid PRIMARY KEY DEFAULT redrive.uuid_v7() NOT NULL,
	"provider" text NOT NULL,
	"payload" jsonb NOT NULL,
	"type" text,
	"idempotency_key" text,
	"dedupe_key" text,
	"ordering_key" text,
	"correlation_id" text,
	"owner" text,
	"subject" text,
	"headers" jsonb,
	"priority" smallint DEFAULT 0 NOT NULL,
	"not_before" timestamp with time zone,
	"on_delivered" text,
	"on_failed" text,
	"on_rejected" text,
	CONSTRAINT "outbox_id_is_uuid_v7" CHECK (get_byte(uuid_send(id), 6) >> 4 = 7),
	CONSTRAINT "outbox_task_names_fit" CHECK (length(on_delivered) between 1 and 128 and length(on_failed) between 1 and 128 and length(on_rejected) between 1 and 128),
	CONSTRAINT "outbox_headers_are_an_object" CHECK (headers is null or jsonb_typeof(headers) = 'object')
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "redrive"."provider_state" (
	"provider" text PRIMARY KEY NOT NULL,
	"owner" text,
	"epoch" bigint DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"in_flight" uuid[] DEFAULT '{}' NOT NULL,
	"in_flight_until" timestamp with time zone,
	"phantoms" integer DEFAULT 0 NOT NULL,
	"phantoms_until" timestamp with time zone,
	"control" jsonb,
	"batch_size" smallint DEFAULT 1 NOT NULL,
	"breaker" text DEFAULT 'closed' NOT NULL,
	"breaker_reason" text,
	"breaker_since" timestamp with time zone,
	"next_probe_at" timestamp with time zone,
	"next_health_at" timestamp with time zone,
	"rests_until" timestamp with time zone,
	"disabled" boolean DEFAULT false NOT NULL,
	"paused_at" timestamp with time zone,
	"paused_until" timestamp with time zone,
	"paused_by" text,
	"pause_reason" text,
	"probe_requested_by" text,
	"hold" text GENERATED ALWAYS AS (case when disabled then 'disabled' when paused_at is not null then 'paused' when breaker = 'open' then 'breaker_open' end) STORED,
	CONSTRAINT "provider_state_breaker" CHECK (breaker in ('closed', 'open', 'half_open')),
	CONSTRAINT "provider_state_batch_size" CHECK (batch_size >= 1),
	CONSTRAINT "provider_state_owner_has_a_lease" CHECK ((owner is null) = (lease_until is null)),
	CONSTRAINT "provider_state_pause_says_who_and_why" CHECK ((paused_at is null and paused_until is null and paused_by is null and pause_reason is null)
          or (paused_at is not null and paused_by is not null and length(pause_reason) > 0)),
	CONSTRAINT "provider_state_open_has_a_reason" CHECK (breaker <> 'open' or (breaker_reason is not null and breaker_since is not null and next_probe_at is not null))
);
--> statement-breakpoint
CREATE TABLE "redrive"."providers" (
	"slug" text PRIMARY KEY NOT NULL,
	"policy" jsonb NOT NULL,
	"sealed_auth" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "providers_slug" CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$')
);
--> statement-breakpoint
CREATE TABLE "redrive"."queue" (
	"record_id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"priority" smallint NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"tries" smallint DEFAULT 0 NOT NULL,
	"tried_at" timestamp with time zone,
	"interruptions" smallint DEFAULT 0 NOT NULL,
	CONSTRAINT "queue_counts_are_not_negative" CHECK (attempts >= 0 and tries >= attempts and interruptions >= 0)
);
--> statement-breakpoint
CREATE TABLE "redrive"."rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE TABLE "redrive"."settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "redrive"."throughput" (
	"provider" text NOT NULL,
	"bucket" timestamp with time zone NOT NULL,
	"delivered" integer DEFAULT 0 NOT NULL,
	"retried" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"by_outcome" integer[] DEFAULT '{}' NOT NULL,
	"latency" integer[] DEFAULT '{}' NOT NULL,
	"batch_size" smallint,
	"backlog" integer,
	"held" integer,
	"oldest_ms" bigint,
	CONSTRAINT "throughput_provider_bucket_pk" PRIMARY KEY("provider","bucket")
);
--> statement-breakpoint
CREATE TABLE "redrive"."users" (
	"id" uuid PRIMARY KEY DEFAULT redrive.uuid_v7() NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"password_hash" text NOT NULL,
	"session_version" integer DEFAULT 1 NOT NULL,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email"),
	CONSTRAINT "users_role" CHECK (role in ('end_user', 'support_data', 'support_tech', 'developer', 'admin')),
	CONSTRAINT "users_email_is_lower_case" CHECK (email = lower(email))
);
--> statement-breakpoint
CREATE TABLE "redrive"."workers" (
	"id" text PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "redrive"."provider_state" ADD CONSTRAINT "provider_state_provider_providers_slug_fk" FOREIGN KEY ("provider") REFERENCES "redrive"."providers"("slug") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_subject" ON "redrive"."audit" USING btree ("subject_kind","subject_id","at");--> statement-breakpoint
CREATE INDEX "batch_changes_by_provider" ON "redrive"."batch_changes" USING btree ("provider","at","id");--> statement-breakpoint
CREATE INDEX "events_record" ON "redrive"."events" USING btree ("record_id","at");--> statement-breakpoint
CREATE INDEX "failures_newest" ON "redrive"."failures" USING btree ("state","failed_at","record_id");--> statement-breakpoint
CREATE INDEX "failures_by_provider" ON "redrive"."failures" USING btree ("provider","state","failed_at","record_id");--> statement-breakpoint
CREATE INDEX "outbox_provider_id" ON "redrive"."outbox" USING btree ("provider","id");--> statement-breakpoint
CREATE INDEX "outbox_correlation_id" ON "redrive"."outbox" USING btree ("correlation_id") WHERE correlation_id is not null;--> statement-breakpoint
CREATE INDEX "queue_due" ON "redrive"."queue" USING btree ("provider","priority","due_at","record_id");--> statement-breakpoint
CREATE INDEX "throughput_bucket" ON "redrive"."throughput" USING btree ("bucket");
--> statement-breakpoint
-- Hot tables: vacuumed early and often, for every delivery leaves one dead row in queue; provider_state's rows are
-- rewritten many times a second and stay on their page.
ALTER TABLE "redrive"."queue" SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.05);
--> statement-breakpoint
ALTER TABLE "redrive"."provider_state" SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
--> statement-breakpoint
ALTER TABLE "redrive"."throughput" SET (fillfactor = 70);
--> statement-breakpoint
ALTER TABLE "redrive"."workers" SET (fillfactor = 50);
