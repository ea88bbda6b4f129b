ALTER TABLE "redrive"."outbox" DROP CONSTRAINT "outbox_id_is_uuid_v7";--> statement-breakpoint
ALTER TABLE "redrive"."outbox" DROP CONSTRAINT "outbox_task_names_fit";--> statement-breakpoint
ALTER TABLE "redrive"."outbox" DROP CONSTRAINT "outbox_headers_are_an_object";--> statement-breakpoint
ALTER TABLE "redrive"."outbox" DROP CONSTRAINT "outbox_keys_fit";