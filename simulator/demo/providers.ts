// The demo's eight providers: how Redrive is to treat each, and how each behaves while all is well.
import type { z } from "zod";
import { type ProviderAuth, ProviderPolicy } from "#lib/contract/policy.ts";
import type { PatchKnobs } from "#lib/contract/simulator.ts";
import { days } from "#lib/core/calendar.ts";

export type DemoProvider = {
  slug: string;
  policy: Omit<z.input<typeof ProviderPolicy>, "url">;
  /** Polled while Redrive decides whether to send. */
  healthEveryMs?: number;
  /** Takes records only with a token of its own, which this secret is good for. */
  clientSecret?: string;
  knobs: PatchKnobs;
};

// Minutes in production, seconds here: nobody watches a laptop for half an hour to see a breaker close.
const atDemoSpeed = {
  timeoutMs: { connect: 2_000, headers: 8_000, total: 12_000 },
  backoff: { baseMs: 3_000, factor: 2, jitter: 0.2, attemptsMax: 6 },
  breaker: { probeEveryMs: 10_000, goodTrials: 3 },
};

const answersIn = (medianMs: number, spread = 0.3): PatchKnobs => ({
  latency: { distribution: "lognormal", medianMs, spread },
});

export const demoProviders: readonly DemoProvider[] = [
  {
    slug: "ats",
    // docs/scenarios/ats.md
    policy: {
      name: "Northwind ATS",
      ...atDemoSpeed,
      batchSizeMax: 10,
      slowMs: 2_000,
      limits: { perRun: 100, runEveryMs: 5_000 },
    },
    healthEveryMs: 5_000,
    clientSecret: "the-demo-of-northwind",
    knobs: { ...answersIn(120), tokenSeconds: 120 },
  },
  {
    slug: "sms",
    policy: { name: "Pigeon SMS", ...atDemoSpeed, batchSizeMax: 12, slowMs: 2_500 },
    knobs: answersIn(60),
  },
  {
    slug: "fund-prices",
    // docs/scenarios/ingestion.md
    policy: {
      name: "Fund Prices",
      ...atDemoSpeed,
      batchSizeMax: 20,
      slowMs: 6_000,
      limits: { perSecond: 20 },
      // Five minutes a night are the provider's own.
      windows: { timeZone: "Europe/London", deliver: [{ days: [...days], from: "02:05", to: "02:00" }] },
      rules: [
        { when: { status: 404 }, outcome: "invalid", say: "Fund Prices has no such share class" },
        {
          when: { status: 500, jsonPath: "$.error", equals: "internal" },
          outcome: "unavailable",
          say: "Fund Prices could not look the price up",
        },
      ],
    },
    knobs: answersIn(500, 0.9),
  },
  {
    slug: "warehouse",
    policy: { name: "Atlas Warehouse", ...atDemoSpeed, batchSizeMax: 8, slowMs: 2_000 },
    knobs: {
      ...answersIn(150),
      reject: {
        path: "address.postal_code",
        pattern: "^[0-9]{5}$",
        message: "The postal code must have five digits.",
      },
    },
  },
  {
    slug: "crm",
    policy: { name: "Harbor CRM", ...atDemoSpeed, batchSizeMax: 10, slowMs: 3_000 },
    knobs: { ...answersIn(200), capacity: 6 },
  },
  {
    slug: "mailer-events",
    policy: { name: "Mailer events", ...atDemoSpeed, batchSizeMax: 4, slowMs: 1_000 },
    knobs: answersIn(20),
  },
  {
    slug: "tax",
    policy: { name: "Tax Office", ...atDemoSpeed, batchSizeMax: 4, slowMs: 4_000 },
    knobs: {
      ...answersIn(300),
      reject: { path: "vat_id", pattern: "^[A-Z]{2}[0-9]{9}$", message: "The VAT number is not known." },
    },
  },
  {
    slug: "payments",
    policy: {
      name: "Ledgerline Payments",
      ...atDemoSpeed,
      // A black hole opens the breaker after about seven timeouts one after the other: 28 s instead of a minute.
      timeoutMs: { connect: 2_000, headers: 4_000, total: 6_000 },
      batchSizeMax: 6,
      slowMs: 2_000,
    },
    healthEveryMs: 5_000,
    knobs: { ...answersIn(180), conflictOnDuplicate: true },
  },
];

/** How the provider's records prove themselves, secret and all, to a simulator at this address; null: they need not. */
export function authAt(simulatorUrl: string, { slug, clientSecret }: DemoProvider) {
  if (clientSecret === undefined) return null;
  return {
    kind: "oauth2_client_credentials",
    tokenUrl: new URL(`/p/${slug}/token`, simulatorUrl).href,
    clientId: "redrive",
    clientSecret,
    scope: null,
    audience: null,
    send: "basic",
  } satisfies ProviderAuth;
}

/** The whole policy but for its auth, as stored, for a simulator at this address. */
export function policyAt(
  simulatorUrl: string,
  { slug, policy, healthEveryMs }: DemoProvider,
): ProviderPolicy {
  const at = new URL(`/p/${slug}`, simulatorUrl).href;
  const health = healthEveryMs ? { url: `${at}/health`, everyMs: healthEveryMs, timeoutMs: 2_000 } : null;
  return ProviderPolicy.parse({ ...policy, url: `${at}/records`, health });
}
