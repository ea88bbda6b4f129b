// The simulator's knobs, as its HTTP API and the demo's page speak of them.
import { z } from "zod";
import { Slug } from "#lib/contract/slug.ts";

const share = z.number("must be a number from 0 to 1").min(0).max(1);
const ms = z.number("must be milliseconds").min(0).max(70_000, "must be at most 70000, which is 70 s");

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

// Each knob without its default: a partial change must not bring defaults along.
const latency = {
  distribution: z.enum(["fixed", "uniform", "lognormal", "bimodal"]),
  /** The median, ms. */
  medianMs: ms,
  /** Lognormal: sigma. Uniform: half width as a share of the median. Bimodal: share of slow answers. */
  spread: z.number().min(0).max(3),
  /** Bimodal: how slow the slow answers are, ms. */
  slowMs: ms,
};

const knobs = {
  /** Requests at once before it gets slower; null: no limit. */
  capacity: z.int().min(0).max(10_000).nullable(),
  /** Beyond capacity: get `slower`, then answer 503 or 429 beyond twice the capacity. */
  overload: z.enum(["slower", "503", "429"]),
  /** Answered 500, not taken. */
  errorShare: share,
  /** Requests that are taken and never answered. */
  timeoutShare: share,
  /** Connections reset instead of an answer, not taken. */
  resetShare: share,
  /** Taken, then the connection is reset instead of the answer: who sends it again makes a double. */
  lostReplyShare: share,
  /** `refuse` closes every connection at once, `503` answers it, `black_hole` never answers. */
  outage: z.enum(["none", "refuse", "503", "black_hole"]),
  /** Sent with 429 and 503: seconds, or any text to be malformed; null sends none. */
  retryAfter: z
    .string()
    .max(200)
    .regex(/^[\x20-\x7e]*$/, "must be printable ASCII, as HTTP headers are")
    .nullable(),
  /** What GET /…/health says: the truth, or always well, or always ill. */
  health: z.enum(["truth", "always_ok", "always_ill"]),
  /**
   * A 422 for payloads whose member at `path` (like `address.postal_code`) is missing or does not match `pattern`. A GET's
   * payload is the last step of its path as `id`, and its query.
   */
  reject: z
    .strictObject({
      path: z.string().min(1).max(200),
      pattern: z.string().max(200).refine(compiles, "must be a regular expression"),
      message: z.string().max(500),
    })
    .nullable(),
  /** Answer 409 to an idempotency key that was accepted before. */
  conflictOnDuplicate: z.boolean(),
  /** What refused data and known keys are answered in place of 422 and 409: some systems say 500 to everything. */
  refuseAs: z.int("must be a status like 500").min(400).max(599).nullable(),
  /** Ask for `Authorization: Bearer` with a token of its own token endpoint. */
  requireToken: z.boolean(),
  /** How long its tokens live, s. */
  tokenSeconds: z.int().min(1).max(86_400),
  /** The client secret that the token endpoint asks for; null takes any. */
  clientSecret: z.string().min(1).max(200).nullable(),
  /** The token endpoint alone answers 503. */
  tokenEndpointDown: z.boolean(),
};

/** How a simulated provider behaves now. Everything can change while requests are out. */
export const Knobs = z.strictObject({
  latency: z
    .strictObject({
      distribution: latency.distribution.default("lognormal"),
      medianMs: latency.medianMs.default(50),
      spread: latency.spread.default(0.3),
      slowMs: latency.slowMs.default(5_000),
    })
    .prefault({}),
  capacity: knobs.capacity.default(null),
  overload: knobs.overload.default("slower"),
  errorShare: knobs.errorShare.default(0),
  timeoutShare: knobs.timeoutShare.default(0),
  resetShare: knobs.resetShare.default(0),
  lostReplyShare: knobs.lostReplyShare.default(0),
  outage: knobs.outage.default("none"),
  retryAfter: knobs.retryAfter.default(null),
  health: knobs.health.default("truth"),
  reject: knobs.reject.default(null),
  conflictOnDuplicate: knobs.conflictOnDuplicate.default(false),
  refuseAs: knobs.refuseAs.default(null),
  requireToken: knobs.requireToken.default(false),
  tokenSeconds: knobs.tokenSeconds.default(300),
  clientSecret: knobs.clientSecret.default(null),
  tokenEndpointDown: knobs.tokenEndpointDown.default(false),
});
export type Knobs = z.infer<typeof Knobs>;
export type KnobName = keyof Knobs;

/** A change of some knobs: what is left out stays as it is, within `latency` too; `reject` is replaced whole. */
export const PatchKnobs = z.strictObject({ latency: z.strictObject(latency).partial(), ...knobs }).partial();
export type PatchKnobs = z.infer<typeof PatchKnobs>;

export const SimulatedProvider = z.object({
  slug: Slug,
  knobs: Knobs,
  /** Requests being answered now, and the most there were at once. */
  inFlight: z.int(),
  peakInFlight: z.int(),
  /** Connections open now, the most there were at once, and all that were ever opened. */
  connections: z.int(),
  peakConnections: z.int(),
  connectionsOpened: z.int(),
  received: z.int(),
  /** Requests that the provider took, also when its answer was lost. */
  accepted: z.int(),
  /** Distinct idempotency keys accepted, and how many of them more than once. */
  keys: z.int(),
  doubled: z.int(),
  tokensIssued: z.int(),
});
export type SimulatedProvider = z.infer<typeof SimulatedProvider>;

export const SimulatorState = z.object({
  demo: z.boolean(),
  /** What the demo's story is doing now, one sentence. */
  story: z.string().nullable(),
  items: z.array(SimulatedProvider),
});
export type SimulatorState = z.infer<typeof SimulatorState>;

/** How often each idempotency key was accepted. */
export const AcceptedKeys = z.object({ keys: z.record(z.string(), z.int()) });
export type AcceptedKeys = z.infer<typeof AcceptedKeys>;

/** A delivery as the provider saw it. */
export const SeenRequest = z.object({
  at: z.iso.datetime(),
  method: z.string(),
  path: z.string(),
  /** Of `authorization` only the scheme is shown. */
  headers: z.record(z.string(), z.string()),
  /** Cut after 64 KiB. */
  body: z.string(),
  /** Null while it is not answered, and for ever when it never is. */
  status: z.int().nullable(),
});
export type SeenRequest = z.infer<typeof SeenRequest>;
/** Newest first. */
export const SeenRequests = z.object({ items: z.array(SeenRequest) });
export type SeenRequests = z.infer<typeof SeenRequests>;
