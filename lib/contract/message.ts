// What a webhook channel receives: one JSON for each message, and again when it says something new.
import { z } from "zod";
import { messageSubjects, severities } from "#lib/core/desk.ts";

export const WebhookMessage = z.object({
  kind: z.literal("redrive.message"),
  /** The same for all that is said of one failure group or alert: opened, changed and resolved belong together by it. */
  messageId: z.guid(),
  event: z.enum(["opened", "changed", "resolved", "test"]),
  subject: z.enum([...messageSubjects, "test"]),
  /** The failure group's or the alert's id. */
  subjectId: z.string(),
  severity: z.enum(severities),
  title: z.string(),
  /** What happened, in a sentence. */
  happened: z.string(),
  /** The provider's own words. */
  quote: z.string().nullable(),
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Who did what. */
  acts: z.array(z.string()),
  /** The channel that this one stands in for. */
  insteadOf: z.string().nullable(),
  /** For people: the page in the dashboard. */
  link: z.string(),
  failures: z
    .object({
      provider: z.string(),
      type: z.string().nullable(),
      category: z.string(),
      team: z.string(),
      statusCode: z.int().nullable(),
      open: z.int(),
      records: z.int(),
      firstAt: z.iso.datetime(),
      lastAt: z.iso.datetime(),
    })
    .nullable(),
  alert: z
    .object({
      rule: z.string(),
      kind: z.string(),
      about: z.string(),
      state: z.string(),
      openedAt: z.iso.datetime(),
      figures: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
    })
    .nullable(),
  /** `POST {"runAgain": true}` or `{"runAgain": false, "reason": "…"}` to it, once; null when nothing is to be done. */
  recover: z.object({ url: z.string(), expiresAt: z.iso.datetime() }).nullable(),
});
export type WebhookMessage = z.infer<typeof WebhookMessage>;
