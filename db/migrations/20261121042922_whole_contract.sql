-- In one order, that of producers and of settlements: no deadlock with those that are under way.
LOCK TABLE "redrive"."outbox", "redrive"."provider_state", "redrive"."queue", "redrive"."failures", "redrive"."events" IN ACCESS EXCLUSIVE MODE;
--> statement-breakpoint
CREATE TABLE "redrive"."dedupe_keys" (
	"provider" text NOT NULL,
	"key" text NOT NULL,
	"period" text NOT NULL,
	"record_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "dedupe_keys_provider_key_period_pk" PRIMARY KEY("provider","key","period")
);
--> statement-breakpoint
CREATE TABLE "redrive"."enqueued_keys" (
	"provider" text NOT NULL,
	"key" text NOT NULL,
	"record_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "enqueued_keys_provider_key_pk" PRIMARY KEY("provider","key")
);
--> statement-breakpoint
CREATE TABLE "redrive"."flags" (
	"provider" text NOT NULL,
	"name" text NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "flags_provider_name_pk" PRIMARY KEY("provider","name")
);
--> statement-breakpoint
CREATE TABLE "redrive"."schedule_runs" (
	"provider" text NOT NULL,
	"schedule" text NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"started_by" text NOT NULL,
	"ended_at" timestamp with time zone,
	"enqueued" integer,
	"error" text,
	CONSTRAINT "schedule_runs_provider_schedule_due_at_pk" PRIMARY KEY("provider","schedule","due_at")
);
--> statement-breakpoint
CREATE TABLE "redrive"."tokens" (
	"credential" text PRIMARY KEY NOT NULL,
	"sealed" text,
	"renew_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"fetched_at" timestamp with time zone,
	"fetching_by" text,
	"fetching_until" timestamp with time zone,
	"error" text,
	"failed_until" timestamp with time zone,
	CONSTRAINT "tokens_fetching" CHECK ((fetching_by is null) = (fetching_until is null))
);
--> statement-breakpoint
ALTER TABLE "redrive"."events" DROP CONSTRAINT "events_kind";--> statement-breakpoint
ALTER TABLE "redrive"."failures" DROP CONSTRAINT "failures_category";--> statement-breakpoint
ALTER TABLE "redrive"."failures" ADD COLUMN "ordering_key" text;--> statement-breakpoint
ALTER TABLE "redrive"."failures" ADD COLUMN "skipped_by" text;--> statement-breakpoint
ALTER TABLE "redrive"."failures" ADD COLUMN "redrives" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."outbox" ADD COLUMN "keep_response" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."provider_state" ADD COLUMN "gate_hold" text;--> statement-breakpoint
ALTER TABLE "redrive"."provider_state" ADD COLUMN "gate_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "redrive"."provider_state" ADD COLUMN "gate_reason" text;--> statement-breakpoint
ALTER TABLE "redrive"."provider_state" ADD COLUMN "insert_wakes" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."provider_state" ADD COLUMN "gate" jsonb;--> statement-breakpoint
ALTER TABLE "redrive"."queue" ADD COLUMN "ordering_key" text;--> statement-breakpoint
ALTER TABLE "redrive"."queue" ADD COLUMN "redrives" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."workers" ADD COLUMN "offers" jsonb DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."flags" ADD CONSTRAINT "flags_provider_providers_slug_fk" FOREIGN KEY ("provider") REFERENCES "redrive"."providers"("slug") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redrive"."schedule_runs" ADD CONSTRAINT "schedule_runs_provider_providers_slug_fk" FOREIGN KEY ("provider") REFERENCES "redrive"."providers"("slug") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dedupe_keys_record" ON "redrive"."dedupe_keys" USING btree ("record_id");--> statement-breakpoint
CREATE INDEX "dedupe_keys_expire" ON "redrive"."dedupe_keys" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "enqueued_keys_created" ON "redrive"."enqueued_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "failures_ordering" ON "redrive"."failures" USING btree ("provider","ordering_key","record_id") WHERE ordering_key is not null and state = 'open' and skipped_by is null;--> statement-breakpoint
CREATE INDEX "queue_ordering" ON "redrive"."queue" USING btree ("provider","ordering_key","record_id") WHERE ordering_key is not null;--> statement-breakpoint
ALTER TABLE "redrive"."provider_state" DROP COLUMN "hold";--> statement-breakpoint
ALTER TABLE "redrive"."events" ADD CONSTRAINT "events_kind" CHECK (kind in ('attempted', 'delivered', 'duplicate', 'failed', 'discarded', 'shadowed', 'interrupted', 'retried', 'redriven', 'retry_cancelled', 'rejected', 'skipped', 'reopened')) NOT VALID;--> statement-breakpoint
ALTER TABLE "redrive"."failures" ADD CONSTRAINT "failures_category" CHECK (category in ('technical', 'client_data', 'poison', 'adapter_error'));--> statement-breakpoint
ALTER TABLE "redrive"."outbox" ADD CONSTRAINT "outbox_keys_fit" CHECK (length(idempotency_key) between 1 and 200 and length(dedupe_key) between 1 and 200 and length(ordering_key) between 1 and 200) NOT VALID;--> statement-breakpoint
ALTER TABLE "redrive"."provider_state" ADD CONSTRAINT "provider_state_gate_hold" CHECK (gate_hold in ('outside_window', 'quota_spent', 'unhealthy'));--> statement-breakpoint
-- Records that wait already keep their order from now on.
UPDATE "redrive"."queue" SET "ordering_key" = "outbox"."ordering_key" FROM "redrive"."outbox" WHERE "outbox"."id" = "queue"."record_id" AND "outbox"."ordering_key" <> '';--> statement-breakpoint
UPDATE "redrive"."failures" SET "ordering_key" = "outbox"."ordering_key" FROM "redrive"."outbox" WHERE "outbox"."id" = "failures"."record_id" AND "outbox"."ordering_key" <> '';--> statement-breakpoint
-- It gets one more argument: beside the old one, every call would be ambiguous.
DROP FUNCTION IF EXISTS "redrive"."enqueue"(text, jsonb, uuid, text, text, text, text, text, text, text, jsonb, int, timestamptz, text, text, text);
