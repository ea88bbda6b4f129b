// A record, its timeline, and what may be done to it.
import { z } from "zod";
import { Slug } from "#lib/contract/slug.ts";
import { Time } from "#lib/contract/time.ts";
import { inboundKeys, isOwnTask, ownTypes, teamKinds } from "#lib/core/desk.ts";
import { outcomes } from "#lib/core/outcome.ts";
import { eventKinds, failureCategories, recordStatuses, rejectCodes } from "#lib/core/status.ts";

export const RecordId = z.guid("must be a record's id, a UUID");

const text = (most: number) => z.string().min(1).max(most);

const task = text(128).refine(
  (name) => !isOwnTask(name),
  "must not name a task of Redrive's own; name one that the application registers",
);

/** What a producer without SQL sends. */
export const EnqueueRecord = z.strictObject({
  provider: Slug,
  payload: z.json(),
  id: z.uuidv7("must be a UUIDv7; leave it out to get one").optional(),
  type: text(200)
    .refine(
      (type) => !type.startsWith(ownTypes),
      "must not begin with redrive., as Redrive's own do; choose another",
    )
    .optional(),
  idempotencyKey: text(200)
    .refine(
      (key) => !key.startsWith(inboundKeys),
      "must not begin with inbound:, as those of webhooks do; choose another",
    )
    .optional(),
  dedupeKey: text(200).optional(),
  orderingKey: text(200).optional(),
  correlationId: text(200).optional(),
  owner: text(200).optional(),
  subject: text(200).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  priority: z.int().min(-32_768).max(32_767).optional(),
  notBefore: Time.optional(),
  onDelivered: task.optional(),
  onFailed: task.optional(),
  onRejected: task.optional(),
  /** Keeps the provider's answer to the delivery: `response` in the timeline's last event. */
  keepResponse: z.boolean().optional(),
});
export type EnqueueRecord = z.infer<typeof EnqueueRecord>;
export const EnqueuedRecord = z.object({ id: RecordId });

export const TimelineEvent = z.object({
  at: z.iso.datetime(),
  kind: z.enum(eventKinds),
  attempt: z.int().nullable(),
  outcome: z.enum(outcomes).nullable(),
  status: z.int().nullable(),
  durationMs: z.int().nullable(),
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  /** `error` (what went wrong, in words), `body` (the provider's answer, cut), `dueAt` (when it goes again), … */
  detail: z.record(z.string(), z.json()),
});
export type TimelineEvent = z.infer<typeof TimelineEvent>;

export const RecordSummary = z.object({
  id: RecordId,
  provider: Slug,
  status: z.enum(recordStatuses),
  attempts: z.int(),
  type: z.string().nullable(),
  subject: z.string().nullable(),
  owner: z.string().nullable(),
  correlationId: z.string().nullable(),
  createdAt: z.iso.datetime(),
  settledAt: z.iso.datetime().nullable(),
  dueAt: z.iso.datetime().nullable(),
  lastError: z.string().nullable(),
});
export type RecordSummary = z.infer<typeof RecordSummary>;

export const FailureDetail = z.object({
  category: z.enum(failureCategories),
  team: Slug,
  teamName: z.string(),
  /** Who may act on it follows from this. */
  teamKind: z.enum(teamKinds),
  outcome: z.enum(outcomes).nullable(),
  statusCode: z.int().nullable(),
  failedAt: z.iso.datetime(),
  fingerprint: z.string(),
  assignee: z.string().nullable(),
});

/** A payload that a person corrected. The 0th is the original: `by` and `at` are the record's own then. */
export const Revision = z.object({
  nth: z.int(),
  payload: z.json(),
  at: z.iso.datetime(),
  by: z.string().nullable(),
  reason: z.string().nullable(),
});
export type Revision = z.infer<typeof Revision>;

/** One record, whole. For a reader who may not see the payload its values are masked, and `payloadHidden` says so. */
export const RecordDetail = RecordSummary.extend({
  providerName: z.string(),
  /** The newest revision of it. */
  payload: z.json(),
  payloadHidden: z.boolean(),
  /** The original and each correction, the oldest first. */
  revisions: z.array(Revision),
  /** Records of one key go one after the other. */
  orderingKey: z.string().nullable(),
  /** Of one key only one goes in a period. */
  dedupeKey: z.string().nullable(),
  /** Who let later records of its ordering key pass this failure. */
  skippedBy: z.string().nullable(),
  failure: FailureDetail.nullable(),
  events: z.array(TimelineEvent),
});
export type RecordDetail = z.infer<typeof RecordDetail>;

export const RecordsQuery = z.object({
  status: z.enum(recordStatuses).optional(),
  provider: Slug.optional(),
  q: z.string().max(200).optional(),
  /** Whether canaries are listed: left out, they are hidden, but for one whose id is searched for. */
  canaries: z.enum(["hide", "show", "only"]).optional(),
  from: Time.optional(),
  to: Time.optional(),
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type RecordsQuery = z.infer<typeof RecordsQuery>;
export const Records = z.object({ items: z.array(RecordSummary), next: z.string().nullable() });
export type Records = z.infer<typeof Records>;

export const RetryRecord = z.strictObject({
  /** When it goes again; left out, in five seconds, so that it can be taken back. */
  at: Time.optional(),
  /** Goes instead of what failed; the original stays. */
  payload: z.json().optional(),
  reason: z.string().trim().max(500).optional(),
});
export type RetryRecord = z.infer<typeof RetryRecord>;

export const RejectRecord = z.strictObject({
  reason: z.string().trim().min(1, "must say why: it is what the next person reads").max(500),
  code: z.enum(rejectCodes).default("other"),
});
export type RejectRecord = z.infer<typeof RejectRecord>;
export const ReopenRecord = z.strictObject({ reason: z.string().trim().max(500).optional() });
/** Lets later records of its ordering key pass a failed one. */
export const SkipRecord = z.strictObject({
  reason: z.string().trim().min(1, "must say why: it gives the order up").max(500),
});
export type SkipRecord = z.infer<typeof SkipRecord>;
export const CancelRetry = z.strictObject({});

/** What an act on a record answers: how the record stands now. */
export const RecordAct = z.object({
  id: RecordId,
  status: z.enum(recordStatuses),
  /** After a retry: when it leaves; until then it can be taken back. */
  dueAt: z.iso.datetime().nullable(),
});
export type RecordAct = z.infer<typeof RecordAct>;
