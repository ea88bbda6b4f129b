// A provider as it is read: its policy, how it stands beside it, and the figures of its charts.
import { z } from "zod";
import { ProviderPolicy } from "#lib/contract/policy.ts";
import { Slug } from "#lib/contract/slug.ts";
import { Time } from "#lib/contract/time.ts";
import { breakerStates, holds, openReasons } from "#lib/core/status.ts";

/** The last answer of its health check. */
export const ProviderHealth = z.object({
  green: z.boolean(),
  checkedAt: z.iso.datetime(),
  /** What it said, as half a sentence. */
  detail: z.string(),
  /** It is red while deliveries succeed, so it does not stop them. */
  lying: z.boolean(),
});
export type ProviderHealth = z.infer<typeof ProviderHealth>;

export const ProviderState = z.object({
  breaker: z.enum(breakerStates),
  breakerReason: z.enum(openReasons).nullable(),
  breakerSince: z.iso.datetime().nullable(),
  nextProbeAt: z.iso.datetime().nullable(),
  batchSize: z.int(),
  hold: z.enum(holds).nullable(),
  holdUntil: z.iso.datetime().nullable(),
  /** Why nothing is sent, as half a sentence; null where the hold says it all. */
  holdReason: z.string().nullable(),
  pausedBy: z.string().nullable(),
  pauseReason: z.string().nullable(),
  health: ProviderHealth.nullable(),
  /** Sent on the provider's present day, and when its next begins; null without a daily limit. */
  quota: z.object({ perDay: z.int(), used: z.int(), resetsAt: z.iso.datetime() }).nullable(),
  /** Failures that come back by themselves now, since the provider recovered. */
  redriving: z.int(),
  schedules: z.array(
    z.object({
      name: z.string(),
      nextAt: z.iso.datetime().nullable(),
      lastAt: z.iso.datetime().nullable(),
    }),
  ),
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
  /** Redrive's own, which nobody has business with: shown apart, never deleted. */
  builtIn: z.boolean(),
  state: ProviderState,
  batchSizeMax: z.int(),
  /** Everything but the call is done, for all of its records or for those beyond the share. */
  shadow: z.boolean(),
  /** Which share of its records is sent, 0..100. */
  percentage: z.number(),
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
  until: Time.optional(),
});
export const ResumeProvider = z.strictObject({ reason: z.string().trim().max(500).optional() });
export const ProbeProvider = ResumeProvider;

export const RunSchedule = z.strictObject({
  reason: z.string().trim().min(1, "must say why, for the next person who looks").max(500),
});
export const StartedSchedule = z.object({
  provider: Slug,
  schedule: z.string(),
  startedAt: z.iso.datetime(),
});

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
  from: Time.optional(),
  to: Time.optional(),
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
