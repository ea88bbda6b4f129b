// A provider's policy, as written and read, and the state beside it.
import { z } from "zod";
import { breakerStates, holds, openReasons } from "#lib/core/status.ts";

const ms = (least: number) => z.int().min(least).max(86_400_000);
const httpUrl = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL, like https://ats.example/results" })
  .max(2_000)
  .refine((text) => !URL.canParse(text) || new URL(text).username === "", {
    error: "must not carry a user name or password; use auth instead",
  });
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "must be an HTTP header's name");

export const Slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,62}$/,
    "must be 1 to 63 of a-z, 0-9, - and _, and begin with a letter or digit",
  );

/** How a request proves who we are. Secrets are write-only: read back, they are null. */
export const ProviderAuth = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({
    kind: z.literal("header"),
    name: headerName,
    value: z.string().min(1).max(4_000).nullable(),
  }),
  z.strictObject({
    kind: z.literal("basic"),
    user: z.string().min(1).max(400),
    password: z.string().min(1).max(4_000).nullable(),
  }),
]);
export type ProviderAuth = z.infer<typeof ProviderAuth>;

/** Part of the shape, but only its default is acted on yet: anything else is refused, not silently ignored. */
const notYet = (value: unknown) => `is not acted on yet: leave it out, or at ${JSON.stringify(value)}`;
const emptyYet = z.array(z.never(notYet([])), notYet([])).max(0, notYet([]));
const noneYet = z.null(notYet(null));

const Windows = z.strictObject({
  timeZone: z.literal("UTC", notYet("UTC")).default("UTC"),
  deliver: emptyYet.default([]),
  maintenance: emptyYet.default([]),
});
const Limits = z.strictObject({
  perSecond: noneYet.default(null),
  perMinute: noneYet.default(null),
  perDay: noneYet.default(null),
  perRun: noneYet.default(null),
  runEveryMs: z.literal(60_000, notYet(60_000)).default(60_000),
});
const autoRedrive = z.literal(true, notYet(true));
const onInvalid = z.enum(["fail", "discard"]);
const shadow = z.literal(false, notYet(false));
const percentage = z.literal(100, notYet(100));

export const ProviderPolicy = z.strictObject({
  name: z.string().trim().min(1).max(120),
  url: httpUrl,
  method: z.enum(["POST", "PUT", "PATCH", "GET", "DELETE"]).default("POST"),
  adapter: z.enum(["http-json"]).default("http-json"),
  batchSizeMax: z.int().min(1, "must be at least 1").max(1_000).default(10),
  connectionsMax: z.int().min(1).max(1_000).default(25),
  slowMs: ms(1).default(30_000),
  timeoutMs: z
    .strictObject({
      connect: ms(1).default(5_000),
      headers: ms(1).default(30_000),
      total: ms(1).default(90_000),
    })
    .prefault({}),
  backoff: z
    .strictObject({
      baseMs: ms(1).default(60_000),
      factor: z.number().min(1).max(10).default(3),
      jitter: z.number().min(0).max(1).default(0.2),
      attemptsMax: z.int().min(1).max(100).default(5),
    })
    .prefault({}),
  breaker: z
    .strictObject({
      probeEveryMs: ms(100).default(600_000),
      goodTrials: z.int().min(1).max(100).default(3),
    })
    .prefault({}),
  health: z
    .strictObject({
      url: httpUrl,
      everyMs: ms(100).default(60_000),
      timeoutMs: ms(1).default(5_000),
      expect: z.int().min(100).max(599).default(200),
    })
    .nullable()
    .default(null),
  auth: ProviderAuth.default({ kind: "none" }),
  windows: Windows.prefault({}),
  limits: Limits.prefault({}),
  rules: emptyYet.default([]),
  /** What becomes of a record that the provider refuses for its data: a failure, or dropped with a trace. */
  onInvalid: onInvalid.default("fail"),
  autoRedrive: autoRedrive.default(true),
  flags: z
    .strictObject({
      enabled: z.boolean().default(true),
      shadow: shadow.default(false),
      percentage: percentage.default(100),
    })
    .prefault({}),
});
export type ProviderPolicy = z.infer<typeof ProviderPolicy>;

export const CreateProvider = ProviderPolicy.extend({
  slug: Slug,
  name: z.string().trim().min(1).max(120).optional(),
});
export type CreateProvider = z.infer<typeof CreateProvider>;

/** A change of policy: what is left out stays as it is. */
export const PatchProvider = z.strictObject({
  name: ProviderPolicy.shape.name.optional(),
  url: httpUrl.optional(),
  method: z.enum(["POST", "PUT", "PATCH", "GET", "DELETE"]).optional(),
  adapter: z.enum(["http-json"]).optional(),
  batchSizeMax: z.int().min(1, "must be at least 1").max(1_000).optional(),
  connectionsMax: z.int().min(1).max(1_000).optional(),
  slowMs: ms(1).optional(),
  timeoutMs: z
    .strictObject({ connect: ms(1).optional(), headers: ms(1).optional(), total: ms(1).optional() })
    .optional(),
  backoff: z
    .strictObject({
      baseMs: ms(1).optional(),
      factor: z.number().min(1).max(10).optional(),
      jitter: z.number().min(0).max(1).optional(),
      attemptsMax: z.int().min(1).max(100).optional(),
    })
    .optional(),
  breaker: z
    .strictObject({ probeEveryMs: ms(100).optional(), goodTrials: z.int().min(1).max(100).optional() })
    .optional(),
  health: ProviderPolicy.shape.health.unwrap().optional(),
  auth: ProviderAuth.optional(),
  windows: Windows.optional(),
  limits: Limits.optional(),
  rules: emptyYet.optional(),
  onInvalid: onInvalid.optional(),
  autoRedrive: autoRedrive.optional(),
  flags: z
    .strictObject({
      enabled: z.boolean().optional(),
      shadow: shadow.optional(),
      percentage: percentage.optional(),
    })
    .optional(),
});
export type PatchProvider = z.infer<typeof PatchProvider>;

/** Counts stop at this figure; a screen shows "10,000+". */
export const countCap = 10_000;

export const ProviderState = z.object({
  breaker: z.enum(breakerStates),
  breakerReason: z.enum(openReasons).nullable(),
  breakerSince: z.iso.datetime().nullable(),
  nextProbeAt: z.iso.datetime().nullable(),
  batchSize: z.int(),
  hold: z.enum(holds).nullable(),
  holdUntil: z.iso.datetime().nullable(),
  pausedBy: z.string().nullable(),
  pauseReason: z.string().nullable(),
  waiting: z.int(),
  retrying: z.int(),
  sending: z.int(),
  held: z.int(),
  failed: z.int(),
  oldestDueAt: z.iso.datetime().nullable(),
  owner: z.string().nullable(),
});
export type ProviderState = z.infer<typeof ProviderState>;

export const Provider = ProviderPolicy.extend({
  slug: Slug,
  version: z.int(),
  updatedAt: z.iso.datetime(),
  updatedBy: z.string(),
});
export type Provider = z.infer<typeof Provider>;

export const ProviderWithState = Provider.extend({ state: ProviderState });
export type ProviderWithState = z.infer<typeof ProviderWithState>;

/** One row of the providers' list: the last minute's figures and a sparkline beside its state. */
export const ProviderSummary = z.object({
  slug: Slug,
  name: z.string(),
  state: ProviderState,
  batchSizeMax: z.int(),
  deliveredPerMinute: z.int(),
  /** Delivered of all attempts in the last 5 minutes, 0..1; null when there was none. */
  successRate: z.number().nullable(),
  p95Ms: z.int().nullable(),
  /** Delivered per 10 s, oldest first, the last 5 minutes. */
  sparkline: z.array(z.int()),
  /** Seconds until the backlog is gone at the present rate; null when it is not shrinking. */
  drainSeconds: z.int().nullable(),
});
export type ProviderSummary = z.infer<typeof ProviderSummary>;

export const PauseProvider = z.strictObject({
  reason: z.string().trim().min(1, "must say why, for the next person who looks").max(500),
  until: z.iso.datetime({ offset: true }).optional(),
});
export const ResumeProvider = z.strictObject({ reason: z.string().trim().max(500).optional() });
export const ProbeProvider = ResumeProvider;

/** What an act on a provider answers: how it stands now. */
export const ProviderAct = z.object({
  slug: Slug,
  breaker: z.enum(breakerStates),
  hold: z.enum(holds).nullable(),
  holdUntil: z.iso.datetime().nullable(),
  pausedBy: z.string().nullable(),
  pauseReason: z.string().nullable(),
  probeRequestedBy: z.string().nullable(),
});
export type ProviderAct = z.infer<typeof ProviderAct>;

export const ChartRange = z.object({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** Seconds a point covers; a multiple of 10. Left out, at most 300 points are returned. */
  step: z.coerce.number().int().min(10).max(86_400).optional(),
});
export type ChartRange = z.infer<typeof ChartRange>;

export const ThroughputPoint = z.object({
  at: z.iso.datetime(),
  delivered: z.int(),
  retried: z.int(),
  failed: z.int(),
  held: z.int(),
  backlog: z.int().nullable(),
  oldestMs: z.int().nullable(),
  batchSize: z.int().nullable(),
  p50Ms: z.int().nullable(),
  p95Ms: z.int().nullable(),
  p99Ms: z.int().nullable(),
  byOutcome: z.record(z.string(), z.int()),
});
export type ThroughputPoint = z.infer<typeof ThroughputPoint>;
export const Throughput = z.object({ step: z.int(), items: z.array(ThroughputPoint) });
export type Throughput = z.infer<typeof Throughput>;

export const BatchChange = z.object({
  at: z.iso.datetime(),
  from: z.int(),
  to: z.int(),
  breaker: z.enum(breakerStates),
  /** One sentence for people, figures in it: "6 of the last 10 failed". */
  reason: z.string(),
  figures: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
});
export type BatchChange = z.infer<typeof BatchChange>;
export const BatchChanges = z.object({ items: z.array(BatchChange), next: z.string().nullable() });
export type BatchChanges = z.infer<typeof BatchChanges>;
