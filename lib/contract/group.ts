// Failure groups: failures that are the same trouble.
import { z } from "zod";
import { Slug } from "#lib/contract/slug.ts";
import { Time } from "#lib/contract/time.ts";
import { teamKinds } from "#lib/core/desk.ts";
import { failureCategories, rejectCodes } from "#lib/core/status.ts";

export const GroupId = z.guid("must be a failure group's id, a UUID");

export const groupStates = ["open", "resolved"] as const;

export const FailureGroup = z.object({
  id: GroupId,
  fingerprint: z.string(),
  /** The message of the first of them. */
  title: z.string(),
  provider: Slug,
  providerName: z.string(),
  type: z.string().nullable(),
  category: z.enum(failureCategories),
  team: Slug,
  teamName: z.string(),
  /** Who may act on it follows from this. */
  teamKind: z.enum(teamKinds),
  statusCode: z.int().nullable(),
  /** How many are open now, and how many came over all its time. */
  records: z.int(),
  total: z.int(),
  /** Different owners among the newest open ones, of which at most 100 are looked at. */
  owners: z.int(),
  ownersAtLeast: z.boolean(),
  openedAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  emptiedAt: z.iso.datetime().nullable(),
  resolvedAt: z.iso.datetime().nullable(),
  /** Failures that came in each of the last 24 hours, the present one last. */
  trend: z.array(z.int()),
  isNew: z.boolean(),
  isGrowing: z.boolean(),
  /** The same trouble was over already. */
  isBackAgain: z.boolean(),
  assignee: z.string().nullable(),
  note: z.string().nullable(),
  mutedUntil: z.iso.datetime().nullable(),
  touchedAt: z.iso.datetime().nullable(),
  touchedBy: z.string().nullable(),
  lastAct: z.string().nullable(),
  lastActBy: z.string().nullable(),
  lastActAt: z.iso.datetime().nullable(),
  lastActRecords: z.int().nullable(),
});
export type FailureGroup = z.infer<typeof FailureGroup>;

export const FailureGroupsQuery = z.object({
  state: z.enum(groupStates).default("open"),
  team: Slug.optional(),
  provider: Slug.optional(),
  assignee: z.string().min(1).max(400).optional(),
  q: z.string().max(200).optional(),
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type FailureGroupsQuery = z.infer<typeof FailureGroupsQuery>;
export const FailureGroups = z.object({ items: z.array(FailureGroup), next: z.string().nullable() });
export type FailureGroups = z.infer<typeof FailureGroups>;

const reason = z.string().trim().max(500);

export const RetryGroup = z.strictObject({
  /** Only so many, the oldest: to see whether it helps. */
  first: z.int("must be a whole number").min(1, "must be at least 1; left out, all are run again").optional(),
  reason: reason.optional(),
});
export const RejectGroup = z.strictObject({
  reason: reason.min(1, "must say why: it is what the next person reads"),
  code: z.enum(rejectCodes).default("other"),
});
export const Assign = z.strictObject({
  /** An e-mail address; null for nobody. */
  assignee: z.string().trim().min(1, "must be an e-mail address, or null for nobody").max(400).nullable(),
  /** Who had it when you looked: if somebody else has it now, nothing is done. */
  from: z.string().max(400).nullable().optional(),
});
export const Move = z.strictObject({ team: Slug });
export const MoveRecord = z.strictObject({ team: Slug, reason: reason.optional() });
export const NoteGroup = z.strictObject({
  note: z
    .string()
    .trim()
    .max(2_000)
    .nullable()
    .transform((text) => text || null),
});
export const MuteGroup = z.strictObject({ until: Time.nullable() });

/** What an act on a group answers: on how many records it was done, and how many of the group are open now. */
export const GroupAct = z.object({
  id: GroupId,
  acted: z.int(),
  open: z.int(),
  by: z.string(),
  at: z.iso.datetime(),
});
export type GroupAct = z.infer<typeof GroupAct>;
