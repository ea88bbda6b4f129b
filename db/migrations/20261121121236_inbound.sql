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
DROP INDEX "redrive"."enqueued_keys_created";--> statement-breakpoint
ALTER TABLE "redrive"."inbound_minutes" ADD CONSTRAINT "inbound_minutes_source_inbound_sources_slug_fk" FOREIGN KEY ("source") REFERENCES "redrive"."inbound_sources"("slug") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redrive"."inbound_sources" ADD CONSTRAINT "inbound_sources_provider_providers_slug_fk" FOREIGN KEY ("provider") REFERENCES "redrive"."providers"("slug") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "enqueued_keys_created" ON "redrive"."enqueued_keys" USING brin ("created_at");