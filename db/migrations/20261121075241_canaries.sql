ALTER TABLE "redrive"."canary_runs" ADD COLUMN "slow" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "canary_runs_one_under_way" ON "redrive"."canary_runs" USING btree ("canary") WHERE ended_at is null;--> statement-breakpoint
ALTER TABLE "redrive"."canary_runs" ADD CONSTRAINT "canary_runs_slow_is_not_ok" CHECK (not slow or ok is false);