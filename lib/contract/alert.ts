// Alert rules, and the alerts that they make. What each kind of rule takes stands here with its defaults.

import { z } from "zod";
import { Slug } from "#lib/contract/slug.ts";
import { Time } from "#lib/contract/time.ts";
import { wholeList } from "#lib/contract/whole-list.ts";
import {
  type AlertParams,
  dataAlerts,
  failureAlerts,
  isOfProvider,
  workerAlerts,
} from "#lib/core/alert-kinds.ts";
import { type AlertKind, alertKinds, alertStates, severities } from "#lib/core/desk.ts";
import { holds } from "#lib/core/status.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** A time in ms, with words that say what may be given. */
const ms = (least: number, most: number) => {
  const words = `must be a whole number of milliseconds, ${least} to ${most}`;
  return z.int(words).min(least, words).max(most, words);
};
const countOf = (least: number, most: number) => {
  const words = `must be a whole number, ${least} to ${most}`;
  return z.int(words).min(least, words).max(most, words);
};
const share = () => {
  const words = "must be a share, like 0.9 for 90 %";
  return z.number(words).gt(0, words).lt(1, words);
};

const calm = { calmMs: ms(0, dayMs).default(30_000) };
const ofProviders = { ...calm, exceptProviders: z.array(Slug).max(200).default([]) };
// The rollup is read back this far each time.
const windowMs = (usual: number) => ms(20_000, hourMs).default(usual);

/** What each kind takes. */
export const alertParams: { [Kind in AlertKind]: z.ZodType<AlertParams[Kind]> } = {
  backlog_growing: z.strictObject({
    ...ofProviders,
    windowMs: windowMs(120_000),
    minBacklog: countOf(1, 100_000_000).default(100),
  }),
  oldest_record: z.strictObject({
    ...ofProviders,
    targetMs: ms(1_000, 30 * dayMs).default(600_000),
    exceptHolds: z.array(z.enum(holds)).default([]),
  }),
  breaker_open: z.strictObject(ofProviders),
  success_rate: z.strictObject({
    ...ofProviders,
    windowMs: windowMs(300_000),
    minimum: countOf(1, 1_000_000).default(20),
    below: share().default(0.8),
  }),
  failures: z.strictObject({
    ...ofProviders,
    when: z.enum(failureAlerts).default("growing"),
    count: countOf(1, 10_000).default(50),
    windowMs: ms(20_000, dayMs).default(600_000),
  }),
  canary: z.strictObject({ ...ofProviders, failures: countOf(1, 10).default(1) }),
  worker_silent: z.strictObject({
    ...calm,
    who: z.enum(workerAlerts).default("all"),
    silentMs: ms(15_000, hourMs).default(60_000),
  }),
  queue_without_owner: z.strictObject(ofProviders),
  token_failing: z.strictObject({ ...calm, staleMs: ms(10_000, dayMs).default(900_000) }),
  partitions: z.strictObject({
    ...calm,
    days: countOf(0, 13).default(2),
    defaultToo: z.boolean().default(true),
  }),
  disk: z.strictObject({
    ...calm,
    databaseBytesMax: countOf(1_000_000, Number.MAX_SAFE_INTEGER).nullable().default(null),
    freeShareMin: share().default(0.1),
  }),
  no_data: z.strictObject({
    ...calm,
    what: z.enum(dataAlerts).default("samples"),
    silentMs: ms(30_000, dayMs).default(60_000),
  }),
};

type FieldErrors = { field: string; message: string }[];

/** What was given for a rule of this kind, with defaults; or what is wrong with it, field by field. */
export function parseAlertParams<Kind extends AlertKind>(
  kind: Kind,
  given: unknown,
): { params: AlertParams[Kind] } | { errors: FieldErrors } {
  const parsed = alertParams[kind].safeParse(given);
  if (parsed.success) return { params: parsed.data };
  const errors = parsed.error.issues.flatMap((issue) => {
    const path = ["params", ...issue.path.map(String)];
    return issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          field: [...path, key].join("."),
          message: `is not known for a rule of the kind ${kind}; leave it out`,
        }))
      : [{ field: path.join("."), message: issue.message }];
  });
  return { errors };
}

/** What is wrong with a rule that is about one provider, where its kind is about the whole installation. */
export const providerError = (kind: AlertKind, provider: string | null): FieldErrors =>
  provider === null || isOfProvider(kind)
    ? []
    : [
        {
          field: "provider",
          message: `must be left out: a rule of the kind ${kind} is about the whole installation`,
        },
      ];

const name = z.string().trim().min(1, "must say what people call it").max(100);
const forMs = ms(0, 7 * dayMs);
const reason = z.string().trim().min(1, "must say why, for the next person who looks").max(500);

export const CreateAlertRule = z.strictObject({
  slug: Slug,
  name: name.optional(),
  kind: z.enum(alertKinds, `must be one of ${alertKinds.join(", ")}`),
  severity: z.enum(severities, `must be one of ${severities.join(", ")}`).default("warning"),
  provider: Slug.nullable().default(null),
  params: z.record(z.string(), z.unknown()).default({}),
  forMs: forMs.default(0),
  enabled: z.boolean().default(true),
});
export type CreateAlertRule = z.infer<typeof CreateAlertRule>;

/** `params` replaces those that it names; the kind stays: another kind is another rule. */
export const PatchAlertRule = z.strictObject({
  name: name.optional(),
  severity: z.enum(severities, `must be one of ${severities.join(", ")}`).optional(),
  provider: Slug.nullable().optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  forMs: forMs.optional(),
  enabled: z.boolean().optional(),
});
export type PatchAlertRule = z.infer<typeof PatchAlertRule>;

export const AlertRule = z.object({
  slug: Slug,
  name: z.string(),
  kind: z.enum(alertKinds),
  severity: z.enum(severities),
  /** Of one provider; null means each of them, or the whole installation. */
  provider: Slug.nullable(),
  params: z.record(z.string(), z.unknown()),
  /** How long it must hold before anybody is told. */
  forMs: z.int(),
  enabled: z.boolean(),
  silencedUntil: z.iso.datetime().nullable(),
  silencedBy: z.string().nullable(),
  silenceReason: z.string().nullable(),
  version: z.int(),
  updatedAt: z.iso.datetime(),
  updatedBy: z.string(),
});
export type AlertRule = z.infer<typeof AlertRule>;
export const AlertRules = wholeList(AlertRule);
export type AlertRules = z.infer<typeof AlertRules>;

export const Alert = z.object({
  id: z.guid(),
  rule: Slug,
  /** What people call the rule; its slug once it is gone. */
  ruleName: z.string(),
  kind: z.enum(alertKinds),
  /** A provider, a worker, a canary, a fingerprint; empty for the whole installation. */
  about: z.string(),
  /** The provider that it is about, where there is one. */
  provider: z.string().nullable(),
  severity: z.enum(severities),
  state: z.enum(alertStates),
  title: z.string(),
  figures: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
  openedAt: z.iso.datetime(),
  /** When it was last found to hold. */
  lastAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  acknowledgedAt: z.iso.datetime().nullable(),
  acknowledgedBy: z.string().nullable(),
  silencedUntil: z.iso.datetime().nullable(),
  silencedBy: z.string().nullable(),
  silenceReason: z.string().nullable(),
  resolvedAt: z.iso.datetime().nullable(),
});
export type Alert = z.infer<typeof Alert>;

/** What an act on an alert answers: how it stands now. */
export const AlertActed = Alert.pick({
  id: true,
  state: true,
  acknowledgedAt: true,
  acknowledgedBy: true,
  silencedUntil: true,
  silencedBy: true,
  silenceReason: true,
  resolvedAt: true,
});
export type AlertActed = z.infer<typeof AlertActed>;

/** How alerts are listed: a silenced one is in no other list until it is resolved. */
export const alertLists = ["open", "acknowledged", "silenced", "resolved"] as const;
export type AlertList = (typeof alertLists)[number];

export const AlertsQuery = z.object({
  /** Left out, all that are not resolved. */
  state: z.enum(alertLists, `must be one of ${alertLists.join(", ")}`).optional(),
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type AlertsQuery = z.infer<typeof AlertsQuery>;

export const Alerts = z.object({
  items: z.array(Alert),
  next: z.string().nullable(),
  counts: z.object({ open: z.int(), acknowledged: z.int(), silenced: z.int(), resolved: z.int() }),
  /** When the rules were last looked at. */
  evaluatedAt: z.iso.datetime().nullable(),
});
export type Alerts = z.infer<typeof Alerts>;

/** A silence has an end: what is silenced for ever is what nobody will hear of. */
export const silenceMostMs = 30 * dayMs;

export const AcknowledgeAlert = z.strictObject({});
export const Silence = z.strictObject({ until: Time, reason });
export type Silence = z.infer<typeof Silence>;
export const Unsilence = z.strictObject({});
