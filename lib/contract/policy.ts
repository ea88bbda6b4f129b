// A provider's policy: everything that is particular to one third party, each setting with a default that is safe to keep.
// What a setting means in itself is checked here; what it means beside others, in policy-problems.ts.
import { z } from "zod";
import { Slug } from "#lib/contract/slug.ts";
import { Time } from "#lib/contract/time.ts";
import { days, periods } from "#lib/core/calendar.ts";
import { headerName as namePattern, headerValue as valuePattern } from "#lib/core/http-headers.ts";
import { outcomes } from "#lib/core/outcome.ts";
import { isPointer } from "#lib/core/payload-edit.ts";

const ms = (least: number) => z.int().min(least).max(86_400_000);
function noCredentials(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}
const credentialsRefused = { error: "must not carry a user name or password; use auth instead" };
const httpUrl = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL, like https://ats.example/results" })
  .max(2_000)
  .refine(noCredentials, credentialsRefused);
/** Where records go. Which of the schemes it is, the adapter says. */
const targetUrl = z
  .url({
    protocol: /^(https?|smtps?|handler|loopback)$/,
    error: "must be an http or https URL, like https://ats.example/results",
  })
  .max(2_000)
  .refine(noCredentials, credentialsRefused);
const headerName = z.string().regex(namePattern, "must be an HTTP header's name");
const secretText = z.string().min(1).max(4_000);
/** Trimmed: a line break that was pasted along would have every request refused before it leaves. */
const proofValue = z
  .string()
  .trim()
  .min(1)
  .max(4_000)
  .regex(
    valuePattern,
    "must hold only characters that HTTP can carry in a header: no line breaks, nothing beyond Latin-1",
  );
/** The name of something that the application registers: an adapter, a schedule's function. */
const registeredName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, "must be a name of 1 to 63 letters, digits, . - and _");

/** Base64, of which Standard Webhooks wants 24 to 64 bytes; `whsec_` before it marks it as a secret. */
const signingSecret = secretText.refine((text) => {
  const [, digits = "", padding = ""] = /^(?:whsec_)?([A-Za-z0-9+/]*)(={0,2})$/.exec(text) ?? [];
  const isWhole = digits.length % 4 !== 1 && (padding === "" || (digits + padding).length % 4 === 0);
  const bytes = Math.floor((digits.length * 3) / 4);
  return isWhole && bytes >= 24 && bytes <= 64;
}, "must be 24 to 64 bytes in base64, with or without whsec_ before them; make one with: openssl rand -base64 32");

/** One signing secret; with `until` it is used until then, so that two are valid while a receiver changes over. */
const SigningSecret = z.union([signingSecret, z.strictObject({ secret: signingSecret, until: Time })]);

/** How a request proves who we are. Secrets are write-only: read back, they are null. */
export const ProviderAuth = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("header"), name: headerName, value: proofValue.nullable() }),
  z.strictObject({
    kind: z.literal("basic"),
    user: z.string().min(1).max(400),
    password: secretText.nullable(),
  }),
  z.strictObject({
    kind: z.literal("standard_webhooks"),
    /** The newest first; each signs, so that the receiver may check with any of them. */
    secrets: z
      .array(SigningSecret)
      .min(1, "must hold one secret at least, like whsec_ and 24 to 64 bytes in base64")
      .max(4, "must hold at most four secrets: drop the ones that the receiver no longer checks with")
      .nullable(),
  }),
  z.strictObject({
    kind: z.literal("oauth2_client_credentials"),
    tokenUrl: httpUrl,
    clientId: z.string().min(1).max(400),
    clientSecret: secretText.nullable(),
    scope: z.string().min(1).max(1_000).nullable().default(null),
    audience: z.string().min(1).max(1_000).nullable().default(null),
    /** How the client's secret goes to the token endpoint (RFC 6749, 2.3.1). */
    send: z.enum(["basic", "post"]).default("basic"),
  }),
]);
export type ProviderAuth = z.infer<typeof ProviderAuth>;

const timeOfDay = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "must be a time of day like 22:00, from 00:00 to 24:00");

/** Times of the week in the provider's zone; `to` before `from` is on the next day. */
export const Window = z.strictObject({
  days: z
    .array(z.enum(days, `must be among ${days.join(", ")}`))
    .min(1, "must name one day at least, like mon"),
  from: timeOfDay,
  to: timeOfDay,
});
export type Window = z.infer<typeof Window>;

const windows = {
  timeZone: z.string().min(1).max(100),
  /** When records may be sent; empty: always. */
  deliver: z.array(Window).max(100),
  /** When nothing may be sent, whatever else says so. */
  maintenance: z.array(Window).max(100),
};

const most = (many: number) =>
  z.int().min(1, "must be at least 1, or null for no limit").max(many).nullable();
const limits = {
  perSecond: most(1_000_000),
  perMinute: most(60_000_000),
  /** Counted in the provider's zone, from midnight to midnight. */
  perDay: most(2_000_000_000),
  /** Records that one run sends. */
  perRun: most(2_000_000_000),
  /** How long after a run the next one begins, if no record comes before. */
  runEveryMs: ms(100),
};

export const RuleWhen = z.strictObject({
  status: z
    .union([z.int().min(100).max(599), z.enum(["1xx", "2xx", "3xx", "4xx", "5xx"])], {
      error: "must be a status like 409, or a class like 4xx",
    })
    .optional(),
  header: headerName.optional(),
  jsonPath: z.string().min(1).max(500).optional(),
  body: z.string().min(1).max(500).optional(),
  equals: z.union([z.string().max(500), z.number(), z.boolean(), z.null()]).optional(),
  matches: z.string().min(1).max(500).optional(),
});
export type RuleWhen = z.infer<typeof RuleWhen>;

export const Rule = z.strictObject({
  when: RuleWhen,
  outcome: z.enum(outcomes),
  team: Slug.optional(),
  /** What people read; `{status}`, `{words}`, `{header:x-name}` and `{$.json.path}` are filled in. */
  say: z.string().trim().min(1).max(300).optional(),
});
export type Rule = z.infer<typeof Rule>;

const Health = z.strictObject({
  url: httpUrl,
  method: z.enum(["GET", "HEAD", "POST"]).default("GET"),
  everyMs: ms(100).default(60_000),
  timeoutMs: ms(1).default(5_000),
  expect: z.int().min(100).max(599).default(200),
  /** An answer that took longer counts as ill; null: however long. */
  slowMs: ms(1).nullable().default(null),
  /** An answer that fits one of these counts as ill, whatever its status. */
  ill: z.array(RuleWhen).max(20).default([]),
});

/** A function of the application that enqueues records, started by the clock in the provider's zone, or by a person. */
export const Schedule = z.strictObject({
  name: registeredName,
  cron: z.string().min(1).max(120),
  /** The registered function. */
  run: registeredName,
});
export type Schedule = z.infer<typeof Schedule>;

/** A place in a payload: a JSON Pointer (RFC 6901). */
const pointer = z
  .string()
  .max(500)
  .refine(
    isPointer,
    "must be a JSON Pointer like /customer/postal_code; empty is the whole payload, ~1 stands for / and ~0 for ~",
  );
const edit = {
  /** What those may correct who may only correct what is allowed. */
  allowed: z.array(pointer).max(200),
  /** What nobody may change. */
  locked: z.array(pointer).max(200),
};

const timeoutMs = { connect: ms(1), headers: ms(1), total: ms(1) };
const backoff = {
  baseMs: ms(1),
  factor: z.number().min(1).max(10),
  jitter: z.number().min(0).max(1),
  attemptsMax: z.int().min(1).max(100),
};
const breaker = { probeEveryMs: ms(100), goodTrials: z.int().min(1).max(100) };
const flags = {
  enabled: z.boolean(),
  /** Everything but the call: what would have gone is written down, and the record is settled so. */
  shadow: z.boolean(),
  /** Which share of the records is sent; the others are as in shadow. */
  percentage: z.number().min(0, "must be 0 to 100").max(100, "must be 0 to 100"),
};

/** Each setting without its default: a partial change must not bring defaults along. */
const settings = {
  name: z.string().trim().min(1).max(120),
  url: targetUrl,
  method: z.enum(["POST", "PUT", "PATCH", "GET", "DELETE"]),
  adapter: registeredName,
  /** What the adapter wants to know; each adapter checks its own. */
  options: z.record(z.string(), z.json()),
  batchSizeMax: z.int().min(1, "must be at least 1").max(1_000),
  connectionsMax: z.int().min(1).max(1_000),
  slowMs: ms(1),
  health: Health.nullable(),
  auth: ProviderAuth,
  rules: z.array(Rule).max(100),
  /** What becomes of a record that the provider refuses for its data: a failure, or dropped with a trace. */
  onInvalid: z.enum(["fail", "discard"]),
  /** Whether the provider's answer to each delivery is kept; a record may ask for it by itself. */
  keepResponse: z.boolean(),
  /** For how long a `dedupe_key` lets no second record through, in the provider's zone. */
  dedupePeriod: z.enum(periods),
  /** Whether technical failures come back by themselves when the provider recovers. */
  autoRedrive: z.boolean(),
  schedules: z.array(Schedule).max(50),
};

export const ProviderPolicy = z.strictObject({
  name: settings.name,
  url: settings.url,
  method: settings.method.default("POST"),
  adapter: settings.adapter.default("http-json"),
  options: settings.options.default({}),
  batchSizeMax: settings.batchSizeMax.default(10),
  connectionsMax: settings.connectionsMax.default(25),
  slowMs: settings.slowMs.default(30_000),
  timeoutMs: z
    .strictObject({
      connect: timeoutMs.connect.default(5_000),
      headers: timeoutMs.headers.default(30_000),
      total: timeoutMs.total.default(90_000),
    })
    .prefault({}),
  backoff: z
    .strictObject({
      baseMs: backoff.baseMs.default(60_000),
      factor: backoff.factor.default(3),
      jitter: backoff.jitter.default(0.2),
      attemptsMax: backoff.attemptsMax.default(5),
    })
    .prefault({}),
  breaker: z
    .strictObject({
      probeEveryMs: breaker.probeEveryMs.default(600_000),
      goodTrials: breaker.goodTrials.default(3),
    })
    .prefault({}),
  health: settings.health.default(null),
  auth: settings.auth.default({ kind: "none" }),
  windows: z
    .strictObject({
      timeZone: windows.timeZone.default("UTC"),
      deliver: windows.deliver.default([]),
      maintenance: windows.maintenance.default([]),
    })
    .prefault({}),
  limits: z
    .strictObject({
      perSecond: limits.perSecond.default(null),
      perMinute: limits.perMinute.default(null),
      perDay: limits.perDay.default(null),
      perRun: limits.perRun.default(null),
      runEveryMs: limits.runEveryMs.default(60_000),
    })
    .prefault({}),
  rules: settings.rules.default([]),
  onInvalid: settings.onInvalid.default("fail"),
  keepResponse: settings.keepResponse.default(false),
  dedupePeriod: settings.dedupePeriod.default("day"),
  autoRedrive: settings.autoRedrive.default(true),
  schedules: settings.schedules.default([]),
  edit: z.strictObject({ allowed: edit.allowed.default([]), locked: edit.locked.default([]) }).prefault({}),
  flags: z
    .strictObject({
      enabled: flags.enabled.default(true),
      shadow: flags.shadow.default(false),
      percentage: flags.percentage.default(100),
    })
    .prefault({}),
});
export type ProviderPolicy = z.infer<typeof ProviderPolicy>;

/** A new provider: its adapter is left to its URL, and how many at once to what kind it is, where nobody says it. */
export const CreateProvider = ProviderPolicy.extend({
  slug: Slug,
  name: settings.name.optional(),
  /** What takes the URL's scheme: http-json, handler or email. */
  adapter: settings.adapter.optional(),
  /** 10; 3 for a handler. */
  batchSizeMax: settings.batchSizeMax.optional(),
  /** 25, or the batch size where that is more; a handler's is its batch size. */
  connectionsMax: settings.connectionsMax.optional(),
});
export type CreateProvider = z.infer<typeof CreateProvider>;

/** A change of policy: what is left out stays as it is, one level deep. */
export const PatchProvider = z
  .strictObject({
    ...settings,
    timeoutMs: z.strictObject(timeoutMs).partial(),
    backoff: z.strictObject(backoff).partial(),
    breaker: z.strictObject(breaker).partial(),
    windows: z.strictObject(windows).partial(),
    limits: z.strictObject(limits).partial(),
    flags: z.strictObject(flags).partial(),
    edit: z.strictObject(edit).partial(),
  })
  .partial();
export type PatchProvider = z.infer<typeof PatchProvider>;
