ALTER TABLE "redrive"."schedule_runs" ADD COLUMN "form" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."workers" ADD COLUMN "job_workers" text[] DEFAULT '{}' NOT NULL;