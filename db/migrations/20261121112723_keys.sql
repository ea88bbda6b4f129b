CREATE TABLE "redrive"."former_keys" (
	"key_hash" text PRIMARY KEY NOT NULL,
	"api_key" uuid NOT NULL,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ALTER COLUMN "scopes" SET DEFAULT '{}';--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "hint" text;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "grants" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "providers" text[];--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "owner" text;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "last_used_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD COLUMN "revoked_by" text;--> statement-breakpoint
ALTER TABLE "redrive"."former_keys" ADD CONSTRAINT "former_keys_api_key_api_keys_id_fk" FOREIGN KEY ("api_key") REFERENCES "redrive"."api_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "former_keys_of_key" ON "redrive"."former_keys" USING btree ("api_key","until");--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD CONSTRAINT "api_keys_grants" CHECK (grants <@ array['enqueue', 'read', 'operate', 'admin']);--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD CONSTRAINT "api_keys_providers" CHECK (cardinality(providers) between 1 and 100);--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD CONSTRAINT "api_keys_owner" CHECK (length(owner) between 1 and 200);--> statement-breakpoint
ALTER TABLE "redrive"."api_keys" ADD CONSTRAINT "api_keys_revoked_says_when" CHECK (revoked_by is null or revoked_at is not null);