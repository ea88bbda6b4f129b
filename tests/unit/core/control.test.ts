import { describe, expect, test } from "vitest";
import {
  type Change,
  type Control,
  type ControlEvent,
  type ControlPolicy,
  mayStart,
  newControl,
  nextChangeAtMs,
  reduce,
  view,
  wantsHealthCheck,
} from "#lib/core/control.ts";
import type { Outcome } from "#lib/core/outcome.ts";

const policy: ControlPolicy = {
  batchSizeMax: 10,
  slowMs: 30_000,
  probeEveryMs: 600_000,
  goodTrials: 3,
  health: null,
};
const withHealth: ControlPolicy = { ...policy, health: { everyMs: 60_000 } };

/** A provider under test: its control, the clock, and what people would have read. */
class Bench {
  control: Control = newControl(0);
  nowMs = 0;
  inFlight = 0;
  oldestStartedAtMs: number | null = null;
  changes: Change[] = [];
  policy: ControlPolicy;
  private records = 0;

  constructor(policy: ControlPolicy) {
    this.policy = policy;
  }

  get given() {
    const { nowMs, policy, inFlight, oldestStartedAtMs } = this;
    return { nowMs, random: 0.5, policy, inFlight, oldestStartedAtMs };
  }
  get view() {
    return view(this.control);
  }
  get reasons() {
    return this.changes.map((change) => change.reason);
  }

  happens(event: ControlEvent): this {
    const { control, changes } = reduce(this.control, event, this.given);
    this.control = control;
    this.changes.push(...changes);
    return this;
  }

  ticksAt(nowMs: number): this {
    this.nowMs = nowMs;
    return this.happens({ kind: "ticked" });
  }

  /** `count` replies, one after another, each taking `latencyMs`. */
  replies(
    outcome: Outcome,
    count = 1,
    more: {
      latencyMs?: number;
      generation?: number;
      retryAfterMs?: number;
      recordId?: string;
      error?: string;
      isProofless?: boolean;
    } = {},
  ): this {
    for (let index = 0; index < count; index += 1) {
      const startedAtMs = this.nowMs;
      this.nowMs += more.latencyMs ?? 100;
      this.records += 1;
      this.happens({
        kind: "replied",
        recordId: more.recordId ?? `record ${this.records}`,
        startedAtMs,
        generation: more.generation ?? this.view.generation,
        outcome,
        retryAfterMs: more.retryAfterMs ?? null,
        error: more.error ?? (outcome === "delivered" ? null : "503: service unavailable"),
        isProofless: more.isProofless ?? false,
      });
    }
    return this;
  }

  /** Well and busy until its batch size is `size`. */
  grownTo(size: number): this {
    this.inFlight = this.policy.batchSizeMax;
    while (this.view.batchSize < size) this.replies("delivered", 1, { latencyMs: 100 });
    this.inFlight = 0;
    this.changes = [];
    return this;
  }

  opened(): this {
    return this.replies("unavailable", 5);
  }
  halfOpened(): this {
    return this.opened().happens({ kind: "probe_requested", by: "ana" });
  }
}

const aProvider = (given: ControlPolicy = policy) => new Bench(given);

describe("the batch size", () => {
  test("begins at one and doubles while answers come as fast as usual", () => {
    const provider = aProvider();
    expect(mayStart(provider.control, provider.given)).toBe(1);
    provider.inFlight = 10;
    provider.replies("delivered", 200);
    expect(provider.changes.map((change) => change.to)).toEqual([2, 4, 8, 10]);
    expect(provider.changes.every((change) => change.breaker === "closed")).toBe(true);
  });

  test("does not grow where it is not used", () => {
    const provider = aProvider().grownTo(8);
    provider.replies("delivered", 200);
    expect(provider.view.batchSize).toBe(8);
  });

  test("shrinks when answers get slower than usual, and says by how much", () => {
    const provider = aProvider()
      .grownTo(10)
      .replies("delivered", 40)
      .replies("delivered", 40, { latencyMs: 900 });
    expect(provider.view.batchSize).toBeLessThan(10);
    expect(provider.reasons[0]).toMatch(
      /^Answers got \d(\.\d)? times slower than usual \(.+, usually 100 ms\)$/,
    );
  });

  test("falls to one at a row of failures, and ignores what else was out then", () => {
    const provider = aProvider().grownTo(10);
    const { generation } = provider.view;
    provider.replies("unavailable", 10, { generation });
    expect(provider.changes).toMatchObject([{ from: 10, to: 1, reason: "10 in a row failed (503)" }]);
    provider.replies("unavailable", 9, { generation });
    expect(provider.view).toMatchObject({ batchSize: 1, breaker: "closed", generation: generation + 1 });
  });

  test("shrinks once for many 429s of one generation, and waits as asked", () => {
    const provider = aProvider().grownTo(10);
    const { generation } = provider.view;
    provider.replies("throttled", 5, { generation, retryAfterMs: 20_000 });
    expect(provider.changes).toMatchObject([
      { from: 10, to: 7, reason: "Asked to slow down and to wait 20 s" },
    ]);
    expect(mayStart(provider.control, provider.given)).toBe(0);
    expect(nextChangeAtMs(provider.control, provider.given)).toBe(provider.nowMs + 20_000);
    provider.nowMs += 20_000;
    expect(mayStart(provider.control, provider.given)).toBe(7);
  });

  test("waits ever longer at one for 429s that name no time", () => {
    const provider = aProvider();
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map(() => {
      provider.replies("throttled");
      return (provider.view.pausedUntilMs ?? 0) - provider.nowMs;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  test("waits when a success says that it was the last of a quota", () => {
    const provider = aProvider().replies("delivered", 1, { retryAfterMs: 5_000 });
    expect(mayStart(provider.control, provider.given)).toBe(0);
    expect(provider.view.batchSize).toBe(1);
  });

  test("follows a maximum that is lowered, at once", () => {
    const provider = aProvider().grownTo(10);
    provider.policy = { ...policy, batchSizeMax: 4 };
    expect(mayStart(provider.control, provider.given)).toBe(4);
    provider.ticksAt(provider.nowMs);
    expect(provider.changes).toMatchObject([{ from: 10, to: 4, reason: "The maximum was lowered to 4" }]);
  });

  test("stays below a size that failed for a while, longer each time", () => {
    const provider = aProvider({ ...policy, batchSizeMax: 40 }).grownTo(16);
    provider.replies("unavailable", 16, { latencyMs: 10 });
    provider.inFlight = 40;
    provider.replies("delivered", 900);
    expect(provider.view.batchSize).toBe(15);
    provider.replies("delivered", 2_000);
    expect(provider.view.batchSize).toBeGreaterThan(15);
  });
});

describe("a closed breaker", () => {
  test("opens at five failures in a row at batch size one", () => {
    const provider = aProvider().replies("delivered", 3).replies("unavailable", 4);
    expect(provider.view.breaker).toBe("closed");
    provider.replies("unavailable");
    expect(provider.view).toMatchObject({ breaker: "open", breakerReason: "failing", batchSize: 1 });
    expect(provider.reasons).toEqual(["5 in a row failed (503)"]);
    expect(provider.view.nextProbeAtMs).toBe(provider.nowMs + 600_000);
  });

  test("opens at six failures of the last ten", () => {
    const provider = aProvider();
    for (const outcome of ["unavailable", "delivered", "ambiguous", "unexpected", "delivered"] as const) {
      provider.replies(outcome);
    }
    provider.replies("unavailable", 3);
    expect(provider.reasons).toEqual(["6 of the last 8 failed (503)"]);
  });

  test("opens as slow when it is the answers that take too long", () => {
    const provider = aProvider().replies("delivered", 5, { latencyMs: 31_000 });
    expect(provider.view.breakerReason).toBe("slow");
    expect(provider.reasons).toEqual(["5 in a row took longer than 30 s"]);
  });

  test("does not open for failures at a larger batch size: that shrinks first", () => {
    expect(aProvider().grownTo(10).replies("unavailable", 9).view.breaker).toBe("closed");
  });

  test("opens when our credentials are refused three times in a row", () => {
    const provider = aProvider().grownTo(10).replies("unauthorized", 2, { error: "401: expired" });
    provider
      .replies("delivered")
      .replies("unauthorized", 2)
      .replies("unauthorized", 1, { error: "401: expired" });
    expect(provider.view).toMatchObject({ breaker: "open", breakerReason: "unauthorized", batchSize: 1 });
    expect(provider.reasons).toEqual(["Our credentials were refused 3 times in a row (401)"]);
  });

  test("opens at once when no access token can be had: whoever asks for it has tried more than once", () => {
    const provider = aProvider()
      .grownTo(10)
      .replies("unauthorized", 1, { error: "the token endpoint said 503", isProofless: true });
    expect(provider.view).toMatchObject({ breaker: "open", breakerReason: "unauthorized" });
    expect(provider.reasons).toEqual(["No access token could be had (the token endpoint said 503)"]);
  });

  test("opens when most of twenty distinct records are refused", () => {
    const provider = aProvider().replies("invalid", 19);
    expect(provider.view.breaker).toBe("closed");
    expect(provider.replies("invalid").view.breakerReason).toBe("rejecting");
  });

  test("opens after twenty refusals, however many deliveries came before", () => {
    const provider = aProvider().replies("delivered", 100).replies("invalid", 20);
    expect(provider.view.breakerReason).toBe("rejecting");
  });

  test("stays closed for one record refused a hundred times, and for refusals long ago", () => {
    expect(aProvider().replies("invalid", 100, { recordId: "one" }).view.breaker).toBe("closed");
    const provider = aProvider().replies("invalid", 19);
    provider.nowMs += 601_000;
    expect(provider.replies("invalid", 19).view.breaker).toBe("closed");
  });
});

describe("a silent provider", () => {
  const aSilentOne = (given: ControlPolicy) => {
    const provider = aProvider(given).grownTo(4);
    provider.oldestStartedAtMs = provider.nowMs;
    provider.inFlight = 4;
    return provider;
  };

  test("without a health check opens at the third look, five seconds apart", () => {
    const provider = aSilentOne(policy);
    const since = provider.nowMs;
    expect(nextChangeAtMs(provider.control, provider.given)).toBe(since + 30_000);
    for (let second = 1; second < 40; second += 1) provider.ticksAt(since + second * 1000);
    expect(provider.view.breaker).toBe("closed");
    provider.ticksAt(since + 40_000);
    expect(provider.view.breakerReason).toBe("stalled");
    expect(provider.reasons).toEqual(["No answer for 40 s"]);
  });

  test("with a health check opens at the third red one", () => {
    const provider = aSilentOne(withHealth);
    const since = provider.nowMs;
    provider.ticksAt(since + 29_000);
    expect(wantsHealthCheck(provider.control, provider.given)).toBe(false);
    for (const second of [30, 35, 40]) {
      provider.ticksAt(since + second * 1000);
      expect(wantsHealthCheck(provider.control, provider.given)).toBe(true);
      provider.happens({ kind: "health_checked", green: false, detail: "503" });
      expect(wantsHealthCheck(provider.control, { ...provider.given })).toBe(second === 40);
    }
    expect(provider.reasons).toEqual(["No answer for 40 s, and 3 health checks in a row failed"]);
  });

  test("whose health is green gets half as many requests", () => {
    const provider = aSilentOne(withHealth);
    provider.ticksAt(provider.nowMs + 30_000).happens({ kind: "health_checked", green: true, detail: null });
    expect(provider.changes).toMatchObject([{ from: 4, to: 2, breaker: "closed" }]);
    expect(wantsHealthCheck(provider.control, provider.given)).toBe(false);
  });

  test("that answers after all is left alone", () => {
    const provider = aSilentOne(policy);
    provider
      .ticksAt(provider.nowMs + 30_000)
      .ticksAt(provider.nowMs + 5_000)
      .replies("delivered");
    provider.ticksAt(provider.nowMs + 6_000);
    expect(provider.view.breaker).toBe("closed");
  });
});

describe("an open breaker", () => {
  test("starts nothing until its probe is due, then one at a time", () => {
    const provider = aProvider().opened();
    expect(mayStart(provider.control, provider.given)).toBe(0);
    const due = nextChangeAtMs(provider.control, provider.given) ?? 0;
    provider.ticksAt(due - 1);
    expect(provider.view.breaker).toBe("open");
    provider.ticksAt(due);
    expect(provider.view).toMatchObject({ breaker: "half_open", nextProbeAtMs: null });
    expect(mayStart(provider.control, provider.given)).toBe(1);
    expect(mayStart(provider.control, { ...provider.given, inFlight: 1 })).toBe(0);
  });

  test("ignores replies to requests from before it opened, good or bad", () => {
    const provider = aProvider().opened();
    const generation = provider.view.generation - 1;
    const before = provider.control.breaker;
    provider.replies("delivered", 5, { generation }).replies("unavailable", 5, { generation });
    expect(provider.control.breaker).toEqual(before);
    expect(provider.view.lastSuccessAtMs).not.toBeNull();
  });

  test("tests early when its health turns from red to green, not when it was green all along", () => {
    const provider = aProvider(withHealth).opened();
    expect(wantsHealthCheck(provider.control, provider.given)).toBe(true);
    provider.happens({ kind: "health_checked", green: true, detail: null });
    expect(wantsHealthCheck(provider.control, provider.given)).toBe(false);
    provider.ticksAt(provider.nowMs + 60_000).happens({ kind: "health_checked", green: true, detail: null });
    expect(provider.view.breaker).toBe("open");
    provider.ticksAt(provider.nowMs + 60_000).happens({ kind: "health_checked", green: false, detail: null });
    provider.ticksAt(provider.nowMs + 60_000).happens({ kind: "health_checked", green: true, detail: null });
    expect(provider.view.breaker).toBe("half_open");
  });

  test("puts its probe off while its health is red", () => {
    const provider = aProvider(withHealth).opened();
    provider.happens({ kind: "health_checked", green: false, detail: null });
    provider.ticksAt(provider.nowMs + 600_000);
    expect(provider.view).toMatchObject({ breaker: "open", nextProbeAtMs: provider.nowMs + 600_000 });
  });

  test("is tested at once when somebody asks", () => {
    const provider = aProvider().halfOpened();
    expect(provider.view.breaker).toBe("half_open");
    expect(provider.reasons.at(-1)).toBe("ana asked for a test: one record at a time");
  });

  test("probes sooner when its policy does", () => {
    const provider = aProvider().opened();
    provider.policy = { ...policy, probeEveryMs: 1_000 };
    provider.ticksAt(provider.nowMs);
    expect(provider.view.nextProbeAtMs).toBe(provider.nowMs + 1_000);
  });
});

describe("a half-open breaker", () => {
  test("closes after three good trials, at one, ramping to where it was", () => {
    const provider = aProvider().halfOpened().replies("delivered", 2);
    expect(provider.view.breaker).toBe("half_open");
    provider.replies("duplicate");
    expect(provider.view).toMatchObject({ breaker: "closed", batchSize: 1, breakerReason: null });
    expect(provider.reasons.at(-1)).toBe("3 tests in a row went well");
    expect(provider.control.batch.ramping).toBe(true);
  });

  test("opens again at a failure", () => {
    const provider = aProvider().halfOpened().replies("delivered", 2).replies("ambiguous");
    expect(provider.view).toMatchObject({ breaker: "open", breakerReason: "probe_failed" });
    expect(provider.reasons.at(-1)).toBe("The test failed (503): the next is in 10 min");
  });

  test("counts from zero after a slow success", () => {
    const provider = aProvider()
      .halfOpened()
      .replies("delivered", 2)
      .replies("delivered", 1, { latencyMs: 31_000 });
    expect(provider.replies("delivered", 2).view.breaker).toBe("half_open");
    expect(provider.replies("delivered").view.breaker).toBe("closed");
  });

  test("waits when it is asked to", () => {
    const provider = aProvider().halfOpened().replies("throttled", 1, { retryAfterMs: 5_000 });
    expect(provider.view.breaker).toBe("half_open");
    expect(mayStart(provider.control, provider.given)).toBe(0);
  });

  test("does not count replies from before it opened", () => {
    const provider = aProvider().halfOpened();
    const generation = provider.view.generation - 1;
    expect(provider.replies("delivered", 5, { generation }).view.breaker).toBe("half_open");
    expect(provider.replies("unavailable", 5, { generation }).view.breaker).toBe("half_open");
  });

  test("after refusals opens again at a refusal, else lets it pass", () => {
    expect(aProvider().halfOpened().replies("invalid").view.breaker).toBe("half_open");
    const provider = aProvider().replies("invalid", 20).happens({ kind: "probe_requested", by: "ana" });
    expect(provider.replies("invalid").view.breakerReason).toBe("probe_failed");
  });
});

describe("people", () => {
  test("can stop a provider and start it afresh, and their names are noted", () => {
    const provider = aProvider().grownTo(8).happens({ kind: "tripped", by: "ana" });
    expect(provider.view).toMatchObject({ breaker: "open", breakerReason: "tripped", batchSize: 1 });
    provider.happens({ kind: "reset", by: "ben" });
    expect(provider.view).toMatchObject({ breaker: "closed", batchSize: 1, pausedUntilMs: null });
    expect(provider.changes).toMatchObject([
      { from: 8, to: 1, breaker: "open", reason: "Opened by ana" },
      { from: 1, to: 1, breaker: "closed", reason: "Reset by ben" },
    ]);
  });
});
