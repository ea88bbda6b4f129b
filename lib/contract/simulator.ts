// The simulator's knobs, as its HTTP API and the demo's page speak of them.
import { z } from "zod";
import { Slug } from "#lib/contract/provider.ts";

const share = z.number().min(0).max(1);

/** How a simulated provider behaves now. Everything can change while requests are out. */
export const Knobs = z.strictObject({
  latency: z
    .strictObject({
      distribution: z.enum(["fixed", "uniform", "lognormal", "bimodal"]).default("lognormal"),
      /** The median, ms. */
      medianMs: z.number().min(0).max(70_000).default(50),
      /** Lognormal: sigma. Uniform: half width as a share of the median. Bimodal: share of slow answers. */
      spread: z.number().min(0).max(3).default(0.3),
      /** Bimodal: how slow the slow answers are, ms. */
      slowMs: z.number().min(0).max(70_000).default(5_000),
    })
    .prefault({}),
  /** Requests at once before it gets slower; null: no limit. */
  capacity: z.int().min(0).max(10_000).nullable().default(null),
  /** Beyond capacity: get `slower`, then answer 503 or 429 beyond twice the capacity. */
  overload: z.enum(["slower", "503", "429"]).default("slower"),
  errorShare: share.default(0),
  /** Requests that are taken and never answered. */
  timeoutShare: share.default(0),
  /** Connections reset instead of an answer. */
  resetShare: share.default(0),
  /** `refuse` closes every connection at once, `503` answers it, `black_hole` never answers. */
  outage: z.enum(["none", "refuse", "503", "black_hole"]).default("none"),
  /** Sent with 429 and 503: seconds, or any text to be malformed; null sends none. */
  retryAfter: z.string().max(200).nullable().default(null),
  /** What GET /…/health says: the truth, or always well, or always ill. */
  health: z.enum(["truth", "always_ok", "always_ill"]).default("truth"),
  /** A 422 for payloads whose member at `path` (like `address.postal_code`) is missing or does not match `pattern`. */
  reject: z
    .strictObject({
      path: z.string().min(1).max(200),
      pattern: z.string().max(200),
      message: z.string().max(500),
    })
    .nullable()
    .default(null),
  /** Answer 409 to an idempotency key that was accepted before. */
  conflictOnDuplicate: z.boolean().default(false),
  /** Ask for `Authorization: Bearer` with a token of its own token endpoint. */
  requireToken: z.boolean().default(false),
  /** How long its tokens live, s. */
  tokenSeconds: z.int().min(1).max(86_400).default(300),
});
export type Knobs = z.infer<typeof Knobs>;
export const SimulatedProvider = z.object({
  slug: Slug,
  knobs: Knobs,
  /** Requests being answered now, and the most there were at once. */
  inFlight: z.int(),
  peakInFlight: z.int(),
  received: z.int(),
  accepted: z.int(),
  /** Distinct idempotency keys accepted, and how many of them more than once. */
  keys: z.int(),
  doubled: z.int(),
  tokensIssued: z.int(),
});
export type SimulatedProvider = z.infer<typeof SimulatedProvider>;

export const SimulatorState = z.object({
  demo: z.boolean(),
  story: z.string().nullable(),
  items: z.array(SimulatedProvider),
});
export type SimulatorState = z.infer<typeof SimulatorState>;
