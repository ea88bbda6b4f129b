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
ALTER TABLE "redrive"."batch_changes" ADD COLUMN "breaker_was" text;--> statement-breakpoint
ALTER TABLE "redrive"."operation_records" ADD CONSTRAINT "operation_records_operation_operations_id_fk" FOREIGN KEY ("operation") REFERENCES "redrive"."operations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "operations_running" ON "redrive"."operations" USING btree ("next_at","id") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "operations_by_state" ON "redrive"."operations" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "audit_newest" ON "redrive"."audit" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "audit_actor" ON "redrive"."audit" USING btree ("actor","at","id");--> statement-breakpoint
CREATE INDEX "audit_action" ON "redrive"."audit" USING btree ("action","at","id");--> statement-breakpoint
CREATE INDEX "audit_of_the_system" ON "redrive"."audit" USING btree ("at","id") WHERE subject_kind not in ('record', 'group', 'owner', 'person', 'alert');--> statement-breakpoint
CREATE INDEX "batch_changes_of_breakers" ON "redrive"."batch_changes" USING btree ("at","id") WHERE breaker <> breaker_was;