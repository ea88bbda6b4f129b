ALTER TABLE "redrive"."failure_groups" ADD COLUMN "open_records" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."failure_groups" ADD COLUMN "hours" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."failure_groups" ADD COLUMN "hours_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "redrive"."failure_groups" ADD COLUMN "moved_by" text;--> statement-breakpoint
ALTER TABLE "redrive"."failure_groups" ADD COLUMN "last_act_records" integer;--> statement-breakpoint
CREATE INDEX "failures_by_team" ON "redrive"."failures" USING btree ("team","failed_at","record_id") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "failure_groups_open_newest" ON "redrive"."failure_groups" USING btree ("last_at","id") WHERE resolved_at is null;--> statement-breakpoint
ALTER TABLE "redrive"."failure_groups" ADD CONSTRAINT "failure_groups_count" CHECK (records >= 0 and open_records >= 0);