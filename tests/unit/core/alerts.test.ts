// When a finding becomes an alert and when it is over; and what each kind of rule finds.
import { describe, expect, test } from "vitest";
import { alertParams } from "#lib/contract/alert.ts";
import {
  type AlertGiven,
  type AlertParams,
  type ProviderFigures,
  readingsOf,
  type WindowFigures,
  windowsOf,
} from "#lib/core/alert-kinds.ts";
import { goneReading, type Known, type Level, type Reading, step } from "#lib/core/alerts.ts";
import { desiredWorkers } from "#lib/core/autoscale.ts";
import { type AlertKind, alertKinds } from "#lib/core/desk.ts";

const nowMs = Date.parse("2026-11-21T12:00:00Z");
const minute = 60_000;

describe("a step", () => {
  const given = { nowMs, forMs: 5 * minute, calmMs: minute };
  const reading = (level: Level, more: Partial<Reading> = {}): Reading => ({
    about: "ats",
    level,
    title: "…",
    figures: {},
    ...more,
  });
  const calm: Known = { watchedSinceMs: null, alert: null };
  const watched = (agoMs: number): Known => ({ watchedSinceMs: nowMs - agoMs, alert: null });
  const alerted = (agoMs: number): Known => ({ watchedSinceMs: null, alert: { lastMs: nowMs - agoMs } });

  test("what is bad is watched first, and is an alert once it was bad for long enough", () => {
    expect(step(reading("bad"), calm, given)).toEqual({ do: "watch", sinceMs: nowMs });
    expect(step(reading("bad"), watched(5 * minute - 1), given)).toEqual({ do: "nothing" });
    expect(step(reading("bad"), watched(5 * minute), given)).toEqual({ do: "open" });
  });

  test("with no wait it is an alert at once", () => {
    expect(step(reading("bad"), calm, { ...given, forMs: 0 })).toEqual({ do: "open" });
  });

  test("what is known to be bad since before waits no longer than it must", () => {
    const known = reading("bad", { sinceMs: nowMs - 5 * minute });
    expect(step(known, calm, given)).toEqual({ do: "open" });
    const later = reading("bad", { sinceMs: nowMs - minute });
    expect(step(later, calm, given)).toEqual({ do: "watch", sinceMs: nowMs - minute });
  });

  test("a finding that proves nothing before some time has its own wait", () => {
    const slow = reading("bad", { forMs: 10 * minute });
    expect(step(slow, watched(9 * minute), given)).toEqual({ do: "nothing" });
    expect(step(slow, watched(10 * minute), given)).toEqual({ do: "open" });
  });

  test("between bad and well nothing begins and nothing ends", () => {
    expect(step(reading("between"), calm, given)).toEqual({ do: "nothing" });
    expect(step(reading("between"), watched(9 * minute), given)).toEqual({ do: "nothing" });
    expect(step(reading("between"), alerted(9 * minute), given)).toEqual({ do: "keep" });
  });

  test("what is well again is forgotten, and an alert resolved once it was well for long enough", () => {
    expect(step(reading("well"), watched(minute), given)).toEqual({ do: "forget" });
    expect(step(reading("well"), alerted(minute - 1), given)).toEqual({ do: "nothing" });
    expect(step(reading("well"), alerted(minute), given)).toEqual({ do: "resolve" });
    expect(step(goneReading("ats"), alerted(minute), given)).toEqual({ do: "resolve" });
  });

  test("a clock that went back makes no alert of what has just begun", () => {
    expect(step(reading("bad"), watched(-minute), given)).toEqual({ do: "nothing" });
  });
});

const provider = (more: Partial<ProviderFigures> = {}): ProviderFigures => ({
  slug: "ats",
  name: "ATS",
  hold: null,
  breaker: "closed",
  breakerReason: null,
  breakerSinceMs: null,
  hasOwner: true,
  rests: false,
  oldestDueMs: null,
  ...more,
});

const window = (more: Partial<WindowFigures> = {}): WindowFigures => ({
  firstBacklog: 1_000,
  firstMs: nowMs - 120_000,
  lastBacklog: 1_000,
  lastMs: nowMs,
  deliveredBetween: 400,
  failedBetween: 0,
  attempts: 0,
  delivered: 0,
  ...more,
});

const given = (more: Partial<AlertGiven> = {}): AlertGiven => ({
  nowMs,
  providers: [provider()],
  windows: new Map(),
  groups: [],
  groupGrowth: new Map(),
  canaries: [],
  workers: [{ id: "w1", host: "h", startedMs: nowMs - minute, seenMs: nowMs - 1_000 }],
  tokens: [],
  unauthorized: [],
  partitions: { missing: [], inDefault: [] },
  disk: { databaseBytes: null, freeBytes: null, totalBytes: null },
  samples: { newestMs: nowMs, isDue: false },
  evaluatedMs: nowMs - 10_000,
  ...more,
});

function find<Kind extends AlertKind>(
  kind: Kind,
  more: Partial<AlertGiven>,
  params: Partial<AlertParams[Kind]> = {},
  of: string | null = null,
): Reading[] {
  const whole = alertParams[kind].parse(params);
  return readingsOf(kind, whole, of, given(more));
}

const levelsOf = (readings: Reading[]) => readings.map(({ level }) => level);

describe("kinds", () => {
  test.each(alertKinds)("%s finds nothing bad where all is well", (kind) => {
    expect(find(kind, {}).filter(({ level }) => level !== "well")).toEqual([]);
  });

  test("a backlog that grows faster than it drains is told with its rates and the time to drain", () => {
    const at = (more: Partial<WindowFigures>) =>
      find("backlog_growing", { windows: new Map([[120_000, new Map([["ats", window(more)]])]]) })[0];
    expect(at({ lastBacklog: 2_000 })).toMatchObject({
      level: "bad",
      figures: { backlog: 2_000, arrivingPerMinute: 700, deliveredPerMinute: 200, drainMs: 600_000 },
      title:
        "ATS: the backlog grows. 700 a minute come, 200 are delivered; 2000 wait, 10 min of work at this rate.",
    });
    expect(at({ lastBacklog: 1_010 })?.level).toBe("between");
    expect(at({ lastBacklog: 1_000 })?.level).toBe("well");
    expect(at({ lastBacklog: 900 })?.level).toBe("well");
    expect(at({ lastBacklog: 99, firstBacklog: 0 })?.level).toBe("well");
    expect(at({ lastBacklog: 2_000, deliveredBetween: 0 })?.title).toContain("none gets through");
    // Two samples too close to one another tell no rate.
    expect(at({ lastBacklog: 2_000, firstMs: nowMs - 20_000 })?.level).toBe("between");
    expect(at({ lastBacklog: 2_000, firstMs: null, firstBacklog: null })?.level).toBe("between");
  });

  test("the oldest record counts, held or not, except for the holds that the rule leaves out", () => {
    const at = (lagMs: number, more: Partial<ProviderFigures> = {}, params = {}) =>
      find("oldest_record", { providers: [provider({ oldestDueMs: nowMs - lagMs, ...more })] }, params)[0];
    expect(at(11 * minute)).toMatchObject({
      level: "bad",
      sinceMs: nowMs - minute,
      figures: { lagMs: 11 * minute, targetMs: 10 * minute, hold: null },
    });
    expect(at(9 * minute)?.level).toBe("between");
    expect(at(8 * minute)?.level).toBe("well");
    expect(at(11 * minute, { hold: "breaker_open" })).toMatchObject({
      level: "bad",
      title:
        "ATS: the oldest record has been due for 11 min, the target is 10 min; it is held (breaker open).",
    });
    expect(at(11 * minute, { hold: "outside_window" }, { exceptHolds: ["outside_window"] })?.level).toBe(
      "well",
    );
    expect(find("oldest_record", {})[0]?.level).toBe("well");
  });

  test("a breaker counts as open since it opened; while it is tested too; a provider switched off is nobody's trouble", () => {
    const at = (more: Partial<ProviderFigures>) => find("breaker_open", { providers: [provider(more)] })[0];
    const open = { breaker: "open", breakerReason: "failing", breakerSinceMs: nowMs - minute } as const;
    expect(at(open)).toMatchObject({
      level: "bad",
      sinceMs: nowMs - minute,
      title: "ATS: the breaker is open (failing), and nothing is sent.",
    });
    const tested = { ...open, breaker: "half_open", oldestDueMs: nowMs } as const;
    expect(at({ ...tested, oldestDueMs: null })?.level).toBe("between");
    expect(at({ ...tested, hold: "paused" })?.level).toBe("between");
    expect(at(tested)).toMatchObject({
      level: "bad",
      sinceMs: nowMs - minute,
      title: "ATS: the breaker is open (failing), and nothing is sent but tests.",
    });
    expect(at({ ...open, hold: "disabled" })?.level).toBe("well");
    expect(at({})?.level).toBe("well");
  });

  test("a success rate is judged from enough attempts only, and is well again a little above its limit", () => {
    const at = (attempts: number, delivered: number, more: Partial<ProviderFigures> = {}) =>
      find("success_rate", {
        providers: [provider(more)],
        windows: new Map([[300_000, new Map([["ats", window({ attempts, delivered })]])]]),
      })[0];
    expect(at(100, 79)).toMatchObject({
      level: "bad",
      title: "ATS: 79 % of 100 attempts in 5 min were delivered, the limit is 80 %.",
    });
    expect(at(100, 81)?.level).toBe("between");
    expect(at(100, 82)?.level).toBe("well");
    expect(at(19, 0)?.level).toBe("between");
    expect(at(19, 19)?.level).toBe("well");
    expect(at(0, 0)?.level).toBe("well");
    expect(at(0, 0, { breaker: "open" })?.level).toBe("between");
  });

  test("failures: a new kind, and one that grows, but none that somebody has muted", () => {
    const group = { fingerprint: "f", provider: "ats", title: "503", openedMs: nowMs - minute, muted: false };
    const at = (came: number, when: "new" | "growing", more: Partial<typeof group> = {}) =>
      find(
        "failures",
        { groups: [{ ...group, ...more }], groupGrowth: new Map([[600_000, new Map([["f", came]])]]) },
        { when },
      )[0];
    expect(at(1, "new")).toMatchObject({
      level: "bad",
      about: "f",
      title: "ATS: a new kind of failure, “503”.",
    });
    expect(at(1, "new", { openedMs: nowMs - 11 * minute })?.level).toBe("well");
    expect(at(1, "new", { muted: true })?.level).toBe("well");
    expect(at(0, "new")?.level).toBe("well");
    expect(at(50, "growing")).toMatchObject({ level: "bad", figures: { failures: 50, provider: "ats" } });
    expect(at(49, "growing")?.level).toBe("between");
    expect(at(24, "growing")?.level).toBe("well");
    expect(at(500, "growing", { muted: true })?.level).toBe("well");
  });

  test("a canary fails by its last run, or by as many in a row as the rule says", () => {
    const run = (ok: boolean, more = {}) => ({ ok, tookMs: 900, error: null, endedMs: nowMs, ...more });
    const at = (runs: ReturnType<typeof run>[], failures = 1) =>
      find(
        "canary",
        { canaries: [{ slug: "loop", provider: "ats", limitMs: 10_000, runs }] },
        { failures },
      )[0];
    expect(at([run(false, { error: "It was not delivered in time." })])).toMatchObject({
      level: "bad",
      title: "The canary loop failed: It was not delivered in time (limit 10 s).",
    });
    expect(at([run(false, { tookMs: 12_000 })])?.title).toContain("it took 12 s");
    expect(at([run(false), run(true)], 2)?.level).toBe("between");
    expect(at([run(false), run(false)], 2)?.level).toBe("bad");
    expect(at([run(false)], 2)?.level).toBe("between");
    expect(at([run(true), run(false)])?.level).toBe("well");
    expect(at([])?.level).toBe("well");
  });

  test("no worker at all, and one that vanished", () => {
    const worker = (id: string, silentMs: number, startedAgoMs = 60 * minute) => ({
      id,
      host: "h",
      startedMs: nowMs - startedAgoMs,
      seenMs: nowMs - silentMs,
    });
    const all = (...workers: ReturnType<typeof worker>[]) => find("worker_silent", { workers })[0];
    expect(all(worker("w1", 61_000))).toMatchObject({ level: "bad", sinceMs: nowMs - 1_000 });
    expect(all(worker("w1", 61_000), worker("w2", 1_000))?.level).toBe("well");
    expect(all(worker("w1", 40_000))?.level).toBe("between");
    // Signed off in order: a restart takes a moment, so only so much later.
    expect(all()).toMatchObject({ level: "bad", forMs: 60_000 });

    const each = (...workers: ReturnType<typeof worker>[]) =>
      levelsOf(find("worker_silent", { workers }, { who: "each" }));
    expect(each(worker("w1", 61_000), worker("w2", 1_000))).toEqual(["bad", "well"]);
    // Another took its place: told all the same, but no news for ever.
    expect(each(worker("w1", 61_000), worker("w2", 1_000, 50_000))).toEqual(["bad", "well"]);
    expect(each(worker("w1", 12 * minute), worker("w2", 1_000, 11 * minute))).toEqual(["well", "well"]);
    expect(each(worker("w1", 12 * minute), worker("w2", 1_000))).toEqual(["bad", "well"]);
  });

  test("records that are due and may go, and that nobody delivers", () => {
    const at = (more: Partial<ProviderFigures>) =>
      find("queue_without_owner", { providers: [provider({ oldestDueMs: nowMs - minute, ...more })] })[0]
        ?.level;
    expect(at({ hasOwner: false })).toBe("bad");
    expect(at({ hasOwner: true })).toBe("well");
    expect(at({ hasOwner: false, hold: "paused" })).toBe("well");
    expect(at({ hasOwner: false, rests: true })).toBe("well");
    expect(at({ hasOwner: false, oldestDueMs: null })).toBe("well");
  });

  test("a token that can't be fetched, unless nobody has tried for long", () => {
    const at = (failedAgoMs: number) =>
      find("token_failing", {
        unauthorized: ["ats"],
        tokens: [
          {
            credential: "0123456789abcdef",
            error: "401 from the endpoint.",
            failedMs: nowMs - failedAgoMs,
            lastsUntilMs: null,
          },
        ],
      })[0];
    expect(at(minute)).toMatchObject({
      level: "bad",
      about: "0123456789ab",
      title: "An access token can't be fetched: 401 from the endpoint. Providers refused: ats.",
    });
    expect(at(20 * minute)?.level).toBe("well");
  });

  test("partitions that are missing soon, and rows in the default one", () => {
    const missing = [
      { name: "outbox_20261123", ahead: 2 },
      { name: "outbox_20261129", ahead: 8 },
    ];
    expect(find("partitions", { partitions: { missing, inDefault: [] } })[0]).toMatchObject({
      level: "bad",
      title:
        "Partitions are missing: outbox_20261123. Nothing is lost, but nobody has made any: run npm run migrate.",
    });
    expect(find("partitions", { partitions: { missing: missing.slice(1), inDefault: [] } })[0]?.level).toBe(
      "well",
    );
    const filled = { missing: [], inDefault: ["outbox_default"] };
    expect(find("partitions", { partitions: filled })[0]?.title).toMatch(/^Rows wait in outbox_default\./);
    expect(find("partitions", { partitions: filled }, { defaultToo: false })[0]?.level).toBe("well");
  });

  test("a database over its limit, a disk nearly full; what can't be known is not looked at", () => {
    const at = (databaseBytes: number, freeBytes: number) =>
      levelsOf(
        find("disk", { disk: { databaseBytes, freeBytes, totalBytes: 1e12 } }, { databaseBytesMax: 100e9 }),
      );
    expect(at(101e9, 99e9)).toEqual(["bad", "bad"]);
    expect(at(96e9, 110e9)).toEqual(["between", "between"]);
    expect(at(95e9, 120e9)).toEqual(["well", "well"]);
    expect(find("disk", {})).toEqual([]);
  });

  test("no data is an alert: figures that stopped, and an evaluation that stopped", () => {
    const at = (newestMs: number | null, isDue: boolean) =>
      find("no_data", { samples: { newestMs, isDue } })[0];
    expect(at(nowMs - 2 * minute, true)).toMatchObject({ level: "bad", forMs: minute });
    expect(at(null, true)?.level).toBe("bad");
    expect(at(nowMs - 2 * minute, false)?.level).toBe("well");
    expect(at(nowMs - 10_000, true)?.level).toBe("well");
    const gap = (agoMs: number | null) =>
      find("no_data", { evaluatedMs: agoMs === null ? null : nowMs - agoMs }, { what: "evaluation" })[0];
    expect(gap(3 * minute)).toMatchObject({ level: "bad", sinceMs: nowMs - 3 * minute });
    expect(gap(10_000)?.level).toBe("well");
    expect(gap(null)?.level).toBe("well");
  });

  test("a rule looks at its own provider, or at all but those it leaves out", () => {
    const providers = [provider(), provider({ slug: "crm", name: "CRM" })];
    const abouts = (readings: Reading[]) => readings.map(({ about }) => about);
    expect(abouts(find("breaker_open", { providers }))).toEqual(["ats", "crm"]);
    expect(abouts(find("breaker_open", { providers }, {}, "crm"))).toEqual(["crm"]);
    expect(abouts(find("breaker_open", { providers }, { exceptProviders: ["ats"] }))).toEqual(["crm"]);
  });

  test("only the windows that rules ask for are read, each once", () => {
    const rule = <Kind extends AlertKind>(kind: Kind, params = {}) => ({
      kind,
      params: alertParams[kind].parse(params),
    });
    const rules = [
      rule("backlog_growing", { windowMs: 60_000 }),
      rule("success_rate", { windowMs: 60_000 }),
      rule("success_rate"),
      rule("failures"),
      rule("disk"),
    ];
    expect(windowsOf(rules)).toEqual({ throughput: [60_000, 300_000], groups: [600_000] });
  });
});

test("workers are wanted for what is due and comes, never more than providers have work", () => {
  const want = (busyProviders: number, dueRecords: number, arrivingPerSecond = 0) =>
    desiredWorkers({ busyProviders, dueRecords, arrivingPerSecond });
  expect(want(0, 0)).toBe(1);
  expect(want(3, 100)).toBe(1);
  expect(want(60, 100)).toBe(3);
  expect(want(8, 900_000)).toBe(3);
  expect(want(8, 0, 4_500)).toBe(5);
  expect(want(2, 3_000_000)).toBe(2);
});
