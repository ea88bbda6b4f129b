// A canary: a synthetic record on a schedule, what its answer must be, and how its runs ended.

import { z } from "zod";
import { Slug } from "#lib/contract/slug.ts";
import { WholeListQuery, wholeList } from "#lib/contract/whole-list.ts";
import { canaryRunStates, canaryStates } from "#lib/core/canary.ts";
import { cronProblem } from "#lib/core/cron.ts";
import { jsonPathProblem } from "#lib/core/json-path.ts";
import { isTimeZone } from "#lib/core/zoned.ts";

/** What its answer must be beside a delivery; a part that is left out may be anything. */
const Expect = z
  .strictObject({
    status: z.int().min(100).max(599).optional(),
    jsonPath: z
      .string()
      .max(500)
      .superRefine((path, { addIssue }) => {
        const message = jsonPathProblem(path);
        if (message !== null) addIssue({ code: "custom", message });
      })
      .optional(),
    equals: z.union([z.string().max(500), z.number(), z.boolean(), z.null()]).optional(),
  })
  .refine(({ equals, jsonPath }) => equals === undefined || jsonPath !== undefined, {
    path: ["jsonPath"],
    message: "must say where the value of equals stands, like $.status",
  });

const settings = {
  /** Minute hour day month weekday, in its time zone. */
  cron: z.string().min(1).max(120),
  timeZone: z
    .string()
    .max(80)
    .refine(isTimeZone, "is no time zone that is known here; write it like Europe/London or UTC"),
  payload: z.json(),
  expect: Expect,
  /** From its insert into the outbox to its settlement, ms. */
  limitMs: z.int().min(100, "must be at least 100 ms").max(3_600_000, "must be at most an hour, 3600000 ms"),
  enabled: z.boolean(),
};

export const CreateCanary = z
  .strictObject({
    slug: Slug,
    provider: Slug,
    cron: settings.cron,
    timeZone: settings.timeZone.default("UTC"),
    payload: settings.payload,
    expect: settings.expect.default({}),
    limitMs: settings.limitMs.default(30_000),
    enabled: settings.enabled.default(true),
  })
  .superRefine(({ cron, timeZone }, { addIssue }) => {
    const message = isTimeZone(timeZone) ? cronProblem(cron, timeZone) : null;
    if (message !== null) addIssue({ code: "custom", path: ["cron"], message });
  });
export type CreateCanary = z.infer<typeof CreateCanary>;

/** What is left out stays as it is. The provider stays: another one is another canary. */
export const PatchCanary = z.strictObject(settings).partial();
export type PatchCanary = z.infer<typeof PatchCanary>;

export const RunCanary = z.strictObject({ reason: z.string().trim().max(500).optional() });

export const CanaryRun = z.object({
  dueAt: z.iso.datetime(),
  /** `Redrive` for the clock's, else the person. */
  startedBy: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  state: z.enum(canaryRunStates),
  /** From its insert to its end, ms. */
  tookMs: z.int().nullable(),
  /** Why it was slow or failed, as a sentence. */
  error: z.string().nullable(),
  recordId: z.guid().nullable(),
});
export type CanaryRun = z.infer<typeof CanaryRun>;
export const CanaryRuns = z.object({ items: z.array(CanaryRun), next: z.string().nullable() });
export type CanaryRuns = z.infer<typeof CanaryRuns>;

export const CanaryRunsQuery = z.object({
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type CanaryRunsQuery = z.infer<typeof CanaryRunsQuery>;

export const Canary = z.object({
  slug: Slug,
  provider: Slug,
  providerName: z.string(),
  /** The loopback's: it can be switched off, not deleted. */
  builtIn: z.boolean(),
  cron: z.string(),
  timeZone: z.string(),
  /** Null for a reader who may not see payloads. */
  payload: z.json(),
  payloadHidden: z.boolean(),
  expect: z.object({
    status: z.int().optional(),
    jsonPath: z.string().optional(),
    equals: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  }),
  limitMs: z.int(),
  enabled: z.boolean(),
  version: z.int(),
  updatedAt: z.iso.datetime(),
  updatedBy: z.string(),
  state: z.enum(canaryStates),
  nextAt: z.iso.datetime().nullable(),
  /** The last 60, oldest first. */
  runs: z.array(CanaryRun),
});
export type Canary = z.infer<typeof Canary>;
export const Canaries = wholeList(Canary);

export const CanariesQuery = WholeListQuery.extend({ provider: Slug.optional() });
export const ChangedCanary = z.object({ slug: Slug, version: z.int() });
export const StartedCanary = z.object({
  canary: Slug,
  provider: Slug,
  recordId: z.guid(),
  startedAt: z.iso.datetime(),
});
export type StartedCanary = z.infer<typeof StartedCanary>;
export const DeletedCanary = z.object({ slug: Slug });
