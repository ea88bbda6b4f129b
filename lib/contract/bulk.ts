// Bulk operations: one act on all failures that match a filter, as they stood at a time, with progress, pause and cancel.
import { z } from "zod";
import { RecordId, RecordSummary } from "#lib/contract/record.ts";
import { Slug } from "#lib/contract/slug.ts";
import { bulkActions, bulkStates } from "#lib/core/bulk.ts";
import { failureCategories, rejectCodes } from "#lib/core/status.ts";

export const OperationId = z.guid("must be an operation's id, a UUID");

const text = (most: number) => z.string().min(1, "must not be empty; leave it out to match any").max(most);

/** Which open failures; all that is named must fit, and without any name all of them do. */
export const FailureFilter = z.strictObject({
  /** These, of the page where they were chosen. */
  ids: z.array(RecordId).min(1, "must name at least one; leave it out to match any").max(1_000).optional(),
  provider: Slug.optional(),
  team: Slug.optional(),
  category: z.enum(failureCategories).optional(),
  statusCode: z.int().min(100).max(599).optional(),
  /** Of one group. */
  fingerprint: text(200).optional(),
  /** Theirs, or of a group that is theirs. */
  assignee: text(400).optional(),
  type: text(200).optional(),
  owner: text(200).optional(),
  /** In subject, owner, correlation id or message, or the exact id. */
  q: z.string().max(200).optional(),
  /** That failed then or later. */
  from: z.iso.datetime({ offset: true }).optional(),
});
export type FailureFilter = z.infer<typeof FailureFilter>;

const reason = z.string().trim().max(500);
const why = reason.min(1, "must say why: it is what the next person reads");

export const PreviewOperation = z.strictObject({
  action: z.enum(bulkActions),
  filter: FailureFilter,
  /** Now, when it is left out. */
  cutoff: z.iso.datetime({ offset: true }).optional(),
});
export type PreviewOperation = z.infer<typeof PreviewOperation>;

/** What an operation would cover. `cutoff` and `matched` go into it, as `cutoff` and `expected`. */
export const OperationPreview = z.object({
  cutoff: z.iso.datetime(),
  matched: z.int(),
  eligible: z.int(),
  /** Matched, but of a team whose failures the caller may not do this to. */
  notAllowed: z.int(),
  /** Records a second that their provider takes at most; of several the least. */
  rateMax: z.number().nullable(),
  /** What is taken unless a rate is given; null: as fast as it can. */
  rateUsual: z.number().nullable(),
  providers: z.array(z.object({ provider: Slug, eligible: z.int() })),
});
export type OperationPreview = z.infer<typeof OperationPreview>;

export const CreateOperation = z
  .strictObject({
    action: z.enum(bulkActions),
    filter: FailureFilter,
    /** Only what failed until then: when its matches were looked at. */
    cutoff: z.iso.datetime({ offset: true }),
    /** How many matched then; if more than 5 % more do, nothing is done. */
    expected: z.int("must be the number of matches that you saw").min(1).max(2_000_000_000),
    /** Records a second. */
    rate: z.number().positive("must be more than 0; leave it out for the usual pace").max(10_000).optional(),
    /** Only so many, the oldest: to see whether it helps. */
    first: z.int().min(1, "must be at least 1; left out, all go").max(2_000_000_000).optional(),
    reason: why,
    /** Why it rejects. */
    code: z.enum(rejectCodes).optional(),
  })
  .refine(({ action, code }) => action === "reject" || code === undefined, {
    path: ["code"],
    message: "is for rejecting; leave it out",
  });
export type CreateOperation = z.infer<typeof CreateOperation>;

export const Operation = z.object({
  id: OperationId,
  action: z.enum(bulkActions),
  state: z.enum(bulkStates),
  filter: FailureFilter,
  cutoff: z.iso.datetime(),
  reason: z.string(),
  code: z.enum(rejectCodes).nullable(),
  rate: z.number().nullable(),
  first: z.int().nullable(),
  /** At the start: what the filter matched, and what of it the maker may act on. */
  matched: z.int(),
  eligible: z.int(),
  /** Records that it has acted on; `left` is what it still looks for. */
  acted: z.int(),
  left: z.int(),
  /** Why others were not: of another's team; dealt with by others meanwhile (known at the end); in others' hands all along. */
  skipped: z.object({ notAllowed: z.int(), taken: z.int(), busy: z.int() }),
  /** How long the rest takes at its rate, ms; null when it does not run, or as fast as it can. */
  remainingMs: z.int().nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  /** Who paused, resumed or cancelled it last, and why. */
  changedAt: z.iso.datetime().nullable(),
  changedBy: z.string().nullable(),
  changeReason: z.string().nullable(),
  endedAt: z.iso.datetime().nullable(),
});
export type Operation = z.infer<typeof Operation>;

/** `failedAgain`: how many of its records have failed since, counted up to 10,001. */
export const OperationDetail = Operation.extend({ failedAgain: z.int() });
export type OperationDetail = z.infer<typeof OperationDetail>;

const after = z.string().max(200).optional();
const limit = z.coerce.number().int().min(1).max(200).default(50);

export const OperationsQuery = z.object({
  state: z.enum(bulkStates).optional(),
  action: z.enum(bulkActions).optional(),
  createdBy: z.string().min(1).max(400).optional(),
  after,
  limit,
});
export type OperationsQuery = z.infer<typeof OperationsQuery>;
export const Operations = z.object({ items: z.array(Operation), next: z.string().nullable() });
export type Operations = z.infer<typeof Operations>;

export const OperationRecordsQuery = z.object({ after, limit });
export type OperationRecordsQuery = z.infer<typeof OperationRecordsQuery>;
/** What an operation has acted on, and how it stands now. */
export const OperationRecords = z.object({
  items: z.array(RecordSummary.extend({ actedAt: z.iso.datetime(), failedAgain: z.boolean() })),
  next: z.string().nullable(),
});
export type OperationRecords = z.infer<typeof OperationRecords>;

/** Pauses, resumes or cancels. */
export const ChangeOperation = z.strictObject({ reason: reason.optional() });
export type ChangeOperation = z.infer<typeof ChangeOperation>;
