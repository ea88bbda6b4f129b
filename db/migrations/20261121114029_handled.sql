CREATE TABLE "redrive"."handled" (
	"record_id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"answer" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE INDEX "handled_at" ON "redrive"."handled" USING btree ("at");