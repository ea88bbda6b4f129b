// Failures: the records that wait for a person.
import { z } from "zod";
import { RecordId } from "#lib/contract/record.ts";
import { Slug } from "#lib/contract/slug.ts";
import { teamKinds } from "#lib/core/desk.ts";
import { outcomes } from "#lib/core/outcome.ts";
import { failureCategories } from "#lib/core/status.ts";

export const failureStates = ["open", "rejected"] as const;
export type FailureState = (typeof failureStates)[number];

export const Failure = z.object({
  id: RecordId,
  state: z.enum(failureStates),
  provider: Slug,
  providerName: z.string(),
  subject: z.string().nullable(),
  owner: z.string().nullable(),
  type: z.string().nullable(),
  correlationId: z.string().nullable(),
  category: z.enum(failureCategories),
  team: Slug,
  teamName: z.string(),
  /** Who may act on it follows from this. */
  teamKind: z.enum(teamKinds),
  fingerprint: z.string(),
  outcome: z.enum(outcomes).nullable(),
  statusCode: z.int().nullable(),
  message: z.string(),
  attempts: z.int(),
  failedAt: z.iso.datetime(),
  assignee: z.string().nullable(),
  closedAt: z.iso.datetime().nullable(),
  closedBy: z.string().nullable(),
  closedReason: z.string().nullable(),
});
export type Failure = z.infer<typeof Failure>;

export const FailuresQuery = z.object({
  state: z.enum(failureStates).default("open"),
  team: Slug.optional(),
  provider: Slug.optional(),
  /** Of one group. */
  fingerprint: z.string().min(1).max(200).optional(),
  /** Theirs, or of a group that is theirs. */
  assignee: z.string().min(1).max(400).optional(),
  q: z.string().max(200).optional(),
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type FailuresQuery = z.infer<typeof FailuresQuery>;

export const Failures = z.object({
  items: z.array(Failure),
  next: z.string().nullable(),
  /** Open failures by team, and rejected ones, under the same other filters; capped at 10,000. */
  counts: z.object({
    technical: z.int(),
    client_data: z.int(),
    rejected: z.int(),
    /** Open ones of each team. */
    teams: z.record(z.string(), z.int()),
  }),
  lastDeliveryAt: z.iso.datetime().nullable(),
});
export type Failures = z.infer<typeof Failures>;
