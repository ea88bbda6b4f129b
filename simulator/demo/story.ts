// The demo's story, as data, and what of it is due. It loops; each chapter ends what it began.
//
//   0:00 all well → 0:10 the ATS goes down for two minutes → 0:30 SMS gets slow → 2:35 prices fail now and then
//   → 3:45 the CRM says "too many" → 5:00 mailer resets → 5:50 payments swallows requests → 7:10 all well → 8:00 again
import type { KnobName, PatchKnobs } from "#lib/contract/simulator.ts";
import { demoProviders } from "#simulator/demo/providers.ts";

export type Step = { atMs: number; provider: string; knobs: PatchKnobs; says: string };

export const loopMs = 8 * 60_000;

/** A knob that a person turned stays theirs for this long. */
export const handsOffMs = 3 * 60_000;

const at = (minutes: number, seconds: number): number => minutes * 60_000 + seconds * 1_000;

/** Every knob that the story turns, back where it belongs; the others are not the story's to touch. */
const wellAgain = (slug: string): PatchKnobs => {
  const { latency, capacity = null } = demoProviders.find((demo) => demo.slug === slug)?.knobs ?? {};
  return {
    latency,
    capacity,
    overload: "slower",
    retryAfter: null,
    errorShare: 0,
    resetShare: 0,
    outage: "none",
  };
};

const allWell = (atMs: number, says: string): Step[] =>
  demoProviders.map(({ slug }) => ({ atMs, provider: slug, knobs: wellAgain(slug), says }));

export const story: readonly Step[] = [
  ...allWell(
    0,
    "All eight providers are well. Atlas Warehouse refuses an order with a bad postal code now and then.",
  ),
  {
    atMs: at(0, 10),
    provider: "ats",
    knobs: { outage: "503" },
    says: "Northwind ATS is down for two minutes: its breaker opens, its records wait, and none of them fails.",
  },
  {
    atMs: at(0, 30),
    provider: "sms",
    knobs: { latency: { medianMs: 900 } },
    says: "Pigeon SMS answers fifteen times slower: Redrive sends it less at once.",
  },
  {
    atMs: at(1, 50),
    provider: "sms",
    knobs: wellAgain("sms"),
    says: "Pigeon SMS is fast again: its batch size grows back.",
  },
  {
    atMs: at(2, 10),
    provider: "ats",
    knobs: wellAgain("ats"),
    says: "Northwind ATS is back: three good trials close its breaker, and its backlog drains by itself.",
  },
  {
    atMs: at(2, 35),
    provider: "fund-prices",
    knobs: { errorShare: 0.3 },
    says: "Fund Prices fails three requests in ten: they are tried again by themselves, fewer at once.",
  },
  {
    atMs: at(3, 25),
    provider: "fund-prices",
    knobs: wellAgain("fund-prices"),
    says: "Fund Prices is well again.",
  },
  {
    atMs: at(3, 45),
    provider: "crm",
    knobs: { capacity: 2, overload: "429", retryAfter: "3" },
    says: "Harbor CRM answers 429 to more than four at once: Redrive pauses as long as it was asked to.",
  },
  { atMs: at(4, 45), provider: "crm", knobs: wellAgain("crm"), says: "Harbor CRM takes six at once again." },
  {
    atMs: at(5, 0),
    provider: "mailer-events",
    knobs: { resetShare: 0.15 },
    says: "Mailer events loses one connection in seven: the same records arrive at the next attempt.",
  },
  {
    atMs: at(5, 40),
    provider: "mailer-events",
    knobs: wellAgain("mailer-events"),
    says: "Mailer events is well again.",
  },
  {
    atMs: at(5, 50),
    provider: "payments",
    knobs: { outage: "black_hole" },
    says: "Ledgerline Payments takes requests and never answers: its breaker opens, and nobody else is slower.",
  },
  {
    atMs: at(7, 10),
    provider: "payments",
    knobs: wellAgain("payments"),
    says: "Ledgerline Payments answers again. What may have arrived is sent again with the same key.",
  },
];

/** The steps of which the time came after `fromMs`, until and with `toMs`, in order; ms since the story began. */
export function stepsBetween(fromMs: number, toMs: number): Step[] {
  const due = [];
  // After a long sleep one loop says it all.
  const from = Math.max(fromMs, toMs - loopMs);
  for (let loop = Math.floor(Math.max(0, from) / loopMs); loop * loopMs <= toMs; loop++) {
    for (const step of story) {
      const atMs = loop * loopMs + step.atMs;
      if (atMs > from && atMs <= toMs) due.push(step);
    }
  }
  return due;
}

/** The step's knobs without those that a person turned lately; null when nothing is left of it. */
export function leaveToPeople(
  knobs: PatchKnobs,
  turnedByPerson: ReadonlyMap<KnobName, number>,
  nowMs: number,
): PatchKnobs | null {
  const isFree = (name: string) => {
    const turnedAt = turnedByPerson.get(name as KnobName);
    return turnedAt === undefined || nowMs - turnedAt >= handsOffMs;
  };
  const left = Object.entries(knobs).filter(([name]) => isFree(name));
  return left.length === 0 ? null : Object.fromEntries(left);
}
