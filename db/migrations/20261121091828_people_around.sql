-- In one order, that of producers and of settlements: no deadlock with those that are under way.
LOCK TABLE "redrive"."outbox", "redrive"."queue", "redrive"."failures", "redrive"."events" IN ACCESS EXCLUSIVE MODE;
--> statement-breakpoint
CREATE TABLE "redrive"."alert_rules" (
	"slug" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"provider" text,
	"params" jsonb NOT NULL,
	"for_ms" integer NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"silenced_until" timestamp with time zone,
	"silenced_by" text,
	"silence_reason" text,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "alert_rules_slug" CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
	CONSTRAINT "alert_rules_kind" CHECK (kind in ('backlog_growing', 'oldest_record', 'breaker_open', 'success_rate', 'failures', 'canary', 'worker_silent', 'queue_without_owner', 'token_failing', 'partitions', 'disk', 'no_data')),
	CONSTRAINT "alert_rules_severity" CHECK (severity in ('info', 'warning', 'critical')),
	CONSTRAINT "alert_rules_wait_is_not_negative" CHECK (for_ms >= 0),
	CONSTRAINT "alert_rules_silence_is_whole" CHECK ((silenced_until is null) = (silenced_by is null) and (silenced_until is null) = (silence_reason is null))
);
--> statement-breakpoint
CREATE TABLE "redrive"."alert_watches" (
	"rule" text NOT NULL,
	"about" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	CONSTRAINT "alert_watches_rule_about_pk" PRIMARY KEY("rule","about")
);
--> statement-breakpoint
CREATE TABLE "redrive"."alerts" (
	"id" uuid PRIMARY KEY DEFAULT redrive.uuid_v7() NOT NULL,
	"rule" text NOT NULL,
	"kind" text NOT NULL,
	"about" text NOT NULL,
	"severity" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"title" text NOT NULL,
	"figures" jsonb NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"acknowledged_at" timestamp with time zone,
	"acknowledged_by" text,
	"silenced_until" timestamp with time zone,
	"silenced_by" text,
	"silence_reason" text,
	"resolved_at" timestamp with time zone,
	CONSTRAINT "alerts_kind" CHECK (kind in ('backlog_growing', 'oldest_record', 'breaker_open', 'success_rate', 'failures', 'canary', 'worker_silent', 'queue_without_owner', 'token_failing', 'partitions', 'disk', 'no_data')),
	CONSTRAINT "alerts_severity" CHECK (severity in ('info', 'warning', 'critical')),
	CONSTRAINT "alerts_state" CHECK (state in ('open', 'acknowledged', 'resolved')),
	CONSTRAINT "alerts_resolved_at_a_time" CHECK ((state = 'resolved') = (resolved_at is not null)),
	CONSTRAINT "alerts_acknowledged_by_someone" CHECK ((acknowledged_at is null) = (acknowledged_by is null) and (state <> 'acknowledged' or acknowledged_at is not null)),
	CONSTRAINT "alerts_silence_is_whole" CHECK ((silenced_until is null) = (silenced_by is null) and (silenced_until is null) = (silence_reason is null))
);
--> statement-breakpoint
CREATE TABLE "redrive"."canaries" (
	"slug" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"cron" text NOT NULL,
	"time_zone" text DEFAULT 'UTC' NOT NULL,
	"payload" jsonb NOT NULL,
	"expect" jsonb DEFAULT '{}' NOT NULL,
	"limit_ms" integer NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "canaries_slug" CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
	CONSTRAINT "canaries_limit" CHECK (limit_ms > 0)
);
--> statement-breakpoint
CREATE TABLE "redrive"."canary_runs" (
	"canary" text NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"started_by" text NOT NULL,
	"record_id" uuid,
	"started_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"ended_at" timestamp with time zone,
	"took_ms" integer,
	"ok" boolean,
	"slow" boolean DEFAULT false NOT NULL,
	"error" text,
	CONSTRAINT "canary_runs_canary_due_at_pk" PRIMARY KEY("canary","due_at"),
	CONSTRAINT "canary_runs_slow_is_not_ok" CHECK (not slow or ok is false),
	CONSTRAINT "canary_runs_end_with_a_verdict" CHECK ((ended_at is null) = (ok is null))
);
--> statement-breakpoint
CREATE TABLE "redrive"."channels" (
	"slug" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"provider" text NOT NULL,
	"address" text DEFAULT '' NOT NULL,
	"fallback" text,
	"enabled" boolean DEFAULT true NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "channels_slug" CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
	CONSTRAINT "channels_kind" CHECK (kind in ('slack', 'email', 'webhook')),
	CONSTRAINT "channels_fallback_is_another" CHECK (fallback is distinct from slug),
	CONSTRAINT "channels_have_an_address" CHECK (kind = 'webhook' or length(address) > 0)
);
--> statement-breakpoint
CREATE TABLE "redrive"."failure_groups" (
	"id" uuid PRIMARY KEY DEFAULT redrive.uuid_v7() NOT NULL,
	"fingerprint" text NOT NULL,
	"provider" text NOT NULL,
	"type" text,
	"category" text NOT NULL,
	"team" text NOT NULL,
	"status_code" smallint,
	"title" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"records" integer NOT NULL,
	"open_records" integer DEFAULT 0 NOT NULL,
	"hours" integer[] DEFAULT '{}' NOT NULL,
	"hours_at" timestamp with time zone,
	"moved_by" text,
	"changed_at" timestamp with time zone NOT NULL,
	"touched_at" timestamp with time zone,
	"touched_by" text,
	"emptied_at" timestamp with time zone,
	"resolved_at" timestamp with time zone,
	"assignee" text,
	"note" text,
	"muted_until" timestamp with time zone,
	"last_act" text,
	"last_act_by" text,
	"last_act_at" timestamp with time zone,
	"last_act_records" integer,
	CONSTRAINT "failure_groups_touched_by_someone" CHECK ((touched_at is null) = (touched_by is null)),
	CONSTRAINT "failure_groups_count" CHECK (records >= 0 and open_records >= 0),
	CONSTRAINT "failure_groups_resolved_when_empty" CHECK (resolved_at is null or emptied_at is not null),
	CONSTRAINT "failure_groups_last_act_is_whole" CHECK ((last_act is null) = (last_act_by is null) and (last_act is null) = (last_act_at is null))
);
--> statement-breakpoint
CREATE TABLE "redrive"."messages" (
	"id" uuid PRIMARY KEY DEFAULT redrive.uuid_v7() NOT NULL,
	"subject" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"state" text DEFAULT 'due' NOT NULL,
	"instead_of" text,
	"record_id" uuid,
	"place" jsonb,
	"content_hash" text,
	"told_at" timestamp with time zone,
	"sent_at" timestamp with time zone,
	"updates" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "messages_once_a_channel" UNIQUE("subject","subject_id","channel"),
	CONSTRAINT "messages_subject" CHECK (subject in ('failures', 'alert')),
	CONSTRAINT "messages_state" CHECK (state in ('due', 'sending', 'sent', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "redrive"."recovery_links" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"group_id" uuid NOT NULL,
	"recipient" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	"used_by" text,
	"used_for" text,
	CONSTRAINT "recovery_links_used_whole" CHECK ((used_at is null) = (used_by is null) and (used_at is null) = (used_for is null))
);
--> statement-breakpoint
CREATE TABLE "redrive"."revisions" (
	"record_id" uuid NOT NULL,
	"nth" smallint NOT NULL,
	"payload" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"by" text NOT NULL,
	"reason" text,
	CONSTRAINT "revisions_record_id_nth_pk" PRIMARY KEY("record_id","nth"),
	CONSTRAINT "revisions_nth" CHECK (nth >= 1)
);
--> statement-breakpoint
CREATE TABLE "redrive"."routes" (
	"id" uuid PRIMARY KEY DEFAULT redrive.uuid_v7() NOT NULL,
	"subject" text NOT NULL,
	"channel" text NOT NULL,
	"team" text,
	"provider" text,
	"severity" text DEFAULT 'info' NOT NULL,
	CONSTRAINT "routes_subject" CHECK (subject in ('failures', 'alert')),
	CONSTRAINT "routes_severity" CHECK (severity in ('info', 'warning', 'critical'))
);
--> statement-breakpoint
CREATE TABLE "redrive"."team_rules" (
	"id" uuid PRIMARY KEY DEFAULT redrive.uuid_v7() NOT NULL,
	"position" smallint NOT NULL,
	"team" text NOT NULL,
	"provider" text,
	"type" text,
	"category" text,
	"status_code" smallint,
	"contains" text,
	CONSTRAINT "team_rules_say_something" CHECK (num_nonnulls(provider, type, category, status_code, contains) > 0 and length(contains) > 0)
);
--> statement-breakpoint
CREATE TABLE "redrive"."teams" (
	"slug" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"position" smallint DEFAULT 100 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "teams_slug" CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
	CONSTRAINT "teams_kind" CHECK (kind in ('technical', 'client_data'))
);
--> statement-breakpoint
CREATE TABLE "redrive"."used_once" (
	"key" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "redrive"."events" DROP CONSTRAINT "events_kind";--> statement-breakpoint
ALTER TABLE "redrive"."failures" DROP CONSTRAINT "failures_team";--> statement-breakpoint
ALTER TABLE "redrive"."failures" ADD COLUMN "revision" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."queue" ADD COLUMN "revision" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."users" ADD COLUMN "slack_user_id" text;--> statement-breakpoint
ALTER TABLE "redrive"."alert_watches" ADD CONSTRAINT "alert_watches_rule_alert_rules_slug_fk" FOREIGN KEY ("rule") REFERENCES "redrive"."alert_rules"("slug") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redrive"."canaries" ADD CONSTRAINT "canaries_provider_providers_slug_fk" FOREIGN KEY ("provider") REFERENCES "redrive"."providers"("slug") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redrive"."canary_runs" ADD CONSTRAINT "canary_runs_canary_canaries_slug_fk" FOREIGN KEY ("canary") REFERENCES "redrive"."canaries"("slug") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redrive"."channels" ADD CONSTRAINT "channels_provider_providers_slug_fk" FOREIGN KEY ("provider") REFERENCES "redrive"."providers"("slug") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redrive"."messages" ADD CONSTRAINT "messages_channel_channels_slug_fk" FOREIGN KEY ("channel") REFERENCES "redrive"."channels"("slug") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redrive"."routes" ADD CONSTRAINT "routes_channel_channels_slug_fk" FOREIGN KEY ("channel") REFERENCES "redrive"."channels"("slug") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redrive"."team_rules" ADD CONSTRAINT "team_rules_team_teams_slug_fk" FOREIGN KEY ("team") REFERENCES "redrive"."teams"("slug") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_one_open" ON "redrive"."alerts" USING btree ("rule","about") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "alerts_newest" ON "redrive"."alerts" USING btree ("opened_at","id");--> statement-breakpoint
CREATE INDEX "alerts_changed" ON "redrive"."alerts" USING btree ("changed_at");--> statement-breakpoint
CREATE INDEX "alerts_resolved" ON "redrive"."alerts" USING btree ("resolved_at","id") WHERE state = 'resolved';--> statement-breakpoint
CREATE INDEX "canaries_by_provider" ON "redrive"."canaries" USING btree ("provider");--> statement-breakpoint
CREATE INDEX "canary_runs_by_record" ON "redrive"."canary_runs" USING btree ("record_id");--> statement-breakpoint
CREATE INDEX "canary_runs_newest" ON "redrive"."canary_runs" USING btree ("started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "canary_runs_one_under_way" ON "redrive"."canary_runs" USING btree ("canary") WHERE ended_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "failure_groups_open" ON "redrive"."failure_groups" USING btree ("fingerprint") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "failure_groups_by_fingerprint" ON "redrive"."failure_groups" USING btree ("fingerprint","opened_at");--> statement-breakpoint
CREATE INDEX "failure_groups_newest" ON "redrive"."failure_groups" USING btree ("last_at","id");--> statement-breakpoint
CREATE INDEX "failure_groups_open_newest" ON "redrive"."failure_groups" USING btree ("last_at","id") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "failure_groups_changed" ON "redrive"."failure_groups" USING btree ("changed_at");--> statement-breakpoint
CREATE INDEX "messages_by_record" ON "redrive"."messages" USING btree ("record_id");--> statement-breakpoint
CREATE INDEX "messages_under_way" ON "redrive"."messages" USING btree ("record_id") WHERE state = 'sending';--> statement-breakpoint
CREATE INDEX "messages_unheard" ON "redrive"."messages" USING btree ("created_at") WHERE sent_at is null;--> statement-breakpoint
CREATE INDEX "recovery_links_expire" ON "redrive"."recovery_links" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "used_once_expire" ON "redrive"."used_once" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "failures_by_team" ON "redrive"."failures" USING btree ("team","failed_at","record_id") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "failures_of_group" ON "redrive"."failures" USING btree ("fingerprint","failed_at","record_id") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "outbox_owner_id" ON "redrive"."outbox" USING btree ("owner","id") WHERE owner is not null;--> statement-breakpoint
ALTER TABLE "redrive"."users" ADD CONSTRAINT "users_slack_user_id_unique" UNIQUE("slack_user_id");--> statement-breakpoint
ALTER TABLE "redrive"."events" ADD CONSTRAINT "events_kind" CHECK (kind in ('attempted', 'delivered', 'duplicate', 'failed', 'discarded', 'shadowed', 'interrupted', 'retried', 'redriven', 'retry_cancelled', 'rejected', 'skipped', 'reopened', 'edited', 'assigned', 'moved')) NOT VALID;--> statement-breakpoint
ALTER TABLE "redrive"."failures" ADD CONSTRAINT "failures_team" CHECK (team ~ '^[a-z0-9][a-z0-9_-]{0,62}$');--> statement-breakpoint
INSERT INTO "redrive"."teams" ("slug", "name", "kind", "position") VALUES ('technical', 'Technical', 'technical', 1), ('client_data', 'Client data', 'client_data', 2);
--> statement-breakpoint
-- The rules that an installation begins with; all of them may be changed, switched off or deleted.
INSERT INTO "redrive"."alert_rules" ("slug", "name", "kind", "severity", "params", "for_ms", "updated_by") VALUES
	('backlog-growing', 'Backlog grows', 'backlog_growing', 'warning', '{"calmMs": 60000, "exceptProviders": [], "windowMs": 120000, "minBacklog": 100}', 300000, 'Redrive'),
	-- Records outside a provider's hours are where they should be.
	('oldest-record', 'Oldest record too old', 'oldest_record', 'warning', '{"calmMs": 30000, "exceptProviders": [], "targetMs": 600000, "exceptHolds": ["outside_window"]}', 60000, 'Redrive'),
	('breaker-open', 'Breaker open for long', 'breaker_open', 'warning', '{"calmMs": 30000, "exceptProviders": []}', 600000, 'Redrive'),
	('success-rate', 'Too few delivered', 'success_rate', 'warning', '{"calmMs": 60000, "exceptProviders": [], "windowMs": 300000, "minimum": 20, "below": 0.8}', 120000, 'Redrive'),
	('failures-new', 'New kind of failure', 'failures', 'info', '{"calmMs": 30000, "exceptProviders": [], "when": "new", "count": 1, "windowMs": 600000}', 0, 'Redrive'),
	('failures-growing', 'Failures pile up', 'failures', 'warning', '{"calmMs": 30000, "exceptProviders": [], "when": "growing", "count": 50, "windowMs": 600000}', 0, 'Redrive'),
	('canary-failed', 'Canary failed or slow', 'canary', 'critical', '{"calmMs": 0, "exceptProviders": [], "failures": 1}', 0, 'Redrive'),
	('worker-silent', 'No worker runs', 'worker_silent', 'critical', '{"calmMs": 15000, "who": "all", "silentMs": 60000}', 0, 'Redrive'),
	('worker-vanished', 'A worker vanished', 'worker_silent', 'warning', '{"calmMs": 15000, "who": "each", "silentMs": 60000}', 0, 'Redrive'),
	('queue-without-owner', 'Nobody delivers', 'queue_without_owner', 'critical', '{"calmMs": 30000, "exceptProviders": []}', 60000, 'Redrive'),
	('token-failing', 'Access token fails', 'token_failing', 'warning', '{"calmMs": 30000, "staleMs": 900000}', 60000, 'Redrive'),
	('partitions', 'Partitions missing', 'partitions', 'warning', '{"calmMs": 0, "days": 2, "defaultToo": true}', 0, 'Redrive'),
	('disk', 'Disk nearly full', 'disk', 'critical', '{"calmMs": 60000, "databaseBytesMax": null, "freeShareMin": 0.1}', 60000, 'Redrive'),
	('no-data', 'Figures missing', 'no_data', 'critical', '{"calmMs": 30000, "what": "samples", "silentMs": 60000}', 0, 'Redrive'),
	('not-evaluated', 'Alerts were not looked at', 'no_data', 'warning', '{"calmMs": 30000, "what": "evaluation", "silentMs": 60000}', 0, 'Redrive')
ON CONFLICT DO NOTHING;
