CREATE TABLE "redrive"."former_keys" (
	"key_hash" text PRIMARY KEY NOT NULL,
	"api_key" uuid NOT NULL,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "redrive"."inbound_minutes" (
	"source" text NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"accepted" integer DEFAULT 0 NOT NULL,
	"duplicates" integer DEFAULT 0 NOT NULL,
	"refused" integer DEFAULT 0 NOT NULL,
	"not_stored" integer DEFAULT 0 NOT NULL,
	"accepted_at" timestamp with time zone,
	"refusal" text,
	CONSTRAINT "inbound_minutes_source_minute_pk" PRIMARY KEY("source","minute")
);
--> statement-breakpoint
CREATE TABLE "redrive"."inbound_sources" (
	"slug" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"provider" text NOT NULL,
	"options" jsonb DEFAULT '{}' NOT NULL,
	"sealed_secrets" text NOT NULL,
	"secrets" jsonb NOT NULL,
	"mapping" jsonb DEFAULT '{}' NOT NULL,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"bytes_max" integer DEFAULT 1048576 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "inbound_sources_slug" CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
	CONSTRAINT "inbound_sources_kind" CHECK (kind in ('standard_webhooks', 'github', 'stripe', 'slack', 'shopify', 'hmac', 'basic', 'token')),
	CONSTRAINT "inbound_sources_bytes_max" CHECK (bytes_max between 1 and 1048576)
);
--> statement-breakpoint
CREATE TABLE "redrive"."handled" (
	"record_id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"answer" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "redrive"."operation_records" (
	"operation" uuid NOT NULL,
	"record_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "operation_records_operation_record_id_pk" PRIMARY KEY("operation","record_id")
);
--> statement-breakpoint
CREATE TABLE "redrive"."operations" (
	"id" uuid PRIMARY KEY DEFAULT redrive.uuid_v7() NOT NULL,
	"action" text NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"filter" jsonb NOT NULL,
	"cutoff" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"code" text,
	"rate" double precision,
	"first" integer,
	"kinds" text[] NOT NULL,
	"expected" integer NOT NULL,
	"matched" integer NOT NULL,
	"eligible" integer NOT NULL,
	"acted" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"created_by" text NOT NULL,
	"changed_at" timestamp with time zone,
	"changed_by" text,
	"change_reason" text,
	"ended_at" timestamp with time zone,
	"place_at" timestamp with time zone,
	"place_id" uuid,
	"next_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"round" smallint DEFAULT 1 NOT NULL,
	"busy" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "operations_action" CHECK (action in ('retry', 'reject')),
	CONSTRAINT "operations_state" CHECK (state in ('running', 'paused', 'done', 'cancelled')),
	CONSTRAINT "operations_end" CHECK ((state in ('done', 'cancelled')) = (ended_at is not null)),
	CONSTRAINT "operations_place" CHECK ((place_at is null) = (place_id is null)),
	CONSTRAINT "operations_counts" CHECK (acted >= 0 and busy >= 0 and eligible between 0 and matched and rate > 0 and first > 0),
	CONSTRAINT "operations_reject_has_a_code" CHECK ((action = 'reject') = (code is not null))
);
--> statement-breakpoint
DROP INDEX "redrive"."enqueued_keys_created";--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ALTER COLUMN "scopes" SET DEFAULT '{}';--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "hint" text;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "grants" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "providers" text[];--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "owner" text;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "last_used_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "revoked_by" text;--> statement-breakpoint
ALTER TABLE "redrive"."batch_changes" ADD COLUMN "breaker_was" text;--> statement-breakpoint
ALTER TABLE "redrive"."former_keys" ADD CONSTRAINT "former_keys_api_key_api_keys_id_fk" FOREIGN KEY ("api_key") REFERENCES "redrive"."api_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redrive"."inbound_minutes" ADD CONSTRAINT "inbound_minutes_source_inbound_sources_slug_fk" FOREIGN KEY ("source") REFERENCES "redrive"."inbound_sources"("slug") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redrive"."inbound_sources" ADD CONSTRAINT "inbound_sources_provider_providers_slug_fk" FOREIGN KEY ("provider") REFERENCES "redrive"."providers"("slug") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redrive"."operation_records" ADD CONSTRAINT "operation_records_operation_operations_id_fk" FOREIGN KEY ("operation") REFERENCES "redrive"."operations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "former_keys_of_key" ON "redrive"."former_keys" USING btree ("api_key","until");--> statement-breakpoint
CREATE INDEX "handled_at" ON "redrive"."handled" USING btree ("at");--> statement-breakpoint
CREATE INDEX "operations_running" ON "redrive"."operations" USING btree ("next_at","id") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "operations_by_state" ON "redrive"."operations" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "audit_newest" ON "redrive"."audit" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "audit_actor" ON "redrive"."audit" USING btree ("actor","at","id");--> statement-breakpoint
CREATE INDEX "audit_action" ON "redrive"."audit" USING btree ("action","at","id");--> statement-breakpoint
CREATE INDEX "audit_of_the_system" ON "redrive"."audit" USING btree ("at","id") WHERE subject_kind not in ('record', 'group', 'owner', 'person', 'alert');--> statement-breakpoint
CREATE INDEX "batch_changes_of_breakers" ON "redrive"."batch_changes" USING btree ("at","id") WHERE breaker <> breaker_was;--> statement-breakpoint
CREATE INDEX "enqueued_keys_created" ON "redrive"."enqueued_keys" USING brin ("created_at");--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD CONSTRAINT "api_keys_grants" CHECK (grants <@ array['enqueue', 'read', 'operate', 'admin']);--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD CONSTRAINT "api_keys_providers" CHECK (cardinality(providers) between 1 and 100);--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD CONSTRAINT "api_keys_owner" CHECK (length(owner) between 1 and 200);--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD CONSTRAINT "api_keys_revoked_says_when" CHECK (revoked_by is null or revoked_at is not null);