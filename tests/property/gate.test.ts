// The gates under any policy, any memory and any clock: in order, never negative, never a hold without its end, and never
// more than what is allowed.
import fc from "fast-check";
import { expect, test } from "vitest";
import { days } from "#lib/core/calendar.ts";
import {
  beginning,
  type Calendar,
  calendarAt,
  followed,
  type GateGiven,
  type GateMemory,
  type GatePolicy,
  gate,
  isFresh,
  left,
  newGateMemory,
  nextSendMs,
  notCalled,
  ranDry,
  started,
  usedToday,
} from "#lib/core/gate.ts";
import { localDay } from "#lib/core/zoned.ts";

const runs = { numRuns: 2_000 };
const minuteMs = 60_000;
const dayMs = 86_400_000;
/** The day before a change of the clock in Europe. */
const aprilMs = Date.parse("2026-03-28T12:00:00Z");
const octoberMs = Date.parse("2026-10-24T12:00:00Z");

const aTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 59))
  .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`);
const aWindow = fc
  .record({ days: fc.subarray([...days], { minLength: 1 }), from: aTime, to: aTime })
  .filter(({ from, to }) => from !== to);
const perhaps = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2 });

const aPolicy: fc.Arbitrary<GatePolicy> = fc.record({
  windows: fc.record({
    timeZone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"),
    deliver: fc.oneof(fc.constant([]), fc.array(aWindow, { maxLength: 3 })),
    maintenance: fc.oneof(fc.constant([]), fc.array(aWindow, { maxLength: 2 })),
  }),
  limits: fc.record({
    perSecond: perhaps(fc.integer({ min: 1, max: 100 })),
    perMinute: perhaps(fc.integer({ min: 1, max: 100 })),
    perDay: perhaps(fc.integer({ min: 1, max: 200 })),
    perRun: perhaps(fc.integer({ min: 1, max: 50 })),
    runEveryMs: fc.constantFrom(100, 60_000, dayMs),
  }),
  health: fc.option(
    fc.record({
      everyMs: fc.constantFrom(1_000, 60_000),
      timeoutMs: fc.constant(1_000),
      expect: fc.constant(200),
      slowMs: fc.constant(null),
      ill: fc.constant([]),
    }),
  ),
});

const aMoment = fc.oneof(
  fc.integer({ min: 0, max: 3 * dayMs }).map((afterMs) => aprilMs + afterMs),
  fc.integer({ min: 0, max: 3 * dayMs }).map((afterMs) => octoberMs + afterMs),
);

/** A moment of up to a day ago, or from before the clock went back. */
const around = (nowMs: number) => fc.integer({ min: nowMs - dayMs, max: nowMs + 2 * dayMs });

const aMemory = ({ windows }: GatePolicy, nowMs: number): fc.Arbitrary<GateMemory> => {
  const bucket = perhaps(
    fc.record({ tokens: fc.double({ min: -5, max: 5, noNaN: true }), atMs: around(nowMs) }),
  );
  return fc.record({
    quota: fc.option(
      fc.record({
        day: fc.constantFrom(localDay(nowMs, windows.timeZone), localDay(nowMs - dayMs, windows.timeZone)),
        used: fc.nat({ max: 250 }),
      }),
    ),
    second: bucket,
    minute: bucket,
    run: fc.record({ sent: fc.nat({ max: 60 }), endedAtMs: fc.option(around(nowMs)) }),
    health: fc.option(
      fc.record({
        checkedAtMs: around(nowMs),
        green: fc.boolean(),
        detail: fc.constant("the health check said 503"),
        lying: fc.boolean(),
      }),
    ),
    lastReplyAtMs: fc.option(around(nowMs)),
    recovery: fc.constant(newGateMemory.recovery),
  });
};

type Situation = { policy: GatePolicy; memory: GateMemory; given: GateGiven };

const aSituation: fc.Arbitrary<Situation> = fc
  .tuple(aPolicy, aMoment)
  .chain(([policy, nowMs]) =>
    fc.record({
      policy: fc.constant(policy),
      memory: aMemory(policy, nowMs),
      given: fc.record({
        nowMs: fc.constant(nowMs),
        calendar: fc.constant(calendarAt(policy, nowMs)),
        breaker: fc.constantFrom("closed" as const, "closed" as const, "open" as const, "half_open" as const),
        pausedUntilMs: fc.option(around(nowMs)),
      }),
    }),
  )
  .map(({ policy, memory, given }) => {
    const begun = beginning(memory, policy, { ...given, maybeSent: 0, inserted: false });
    return { policy, memory: begun, given };
  });

const always = (look: (situation: Situation) => void, numRuns = runs.numRuns) =>
  fc.assert(fc.property(aSituation, look), { numRuns });

test("a hold always names its reason and an end that lies ahead; an open gate names neither", () => {
  always(({ policy, memory, given }) => {
    const { hold, reason, untilMs, room, ask } = gate(policy, memory, given);
    expect(room >= 0).toBe(true);
    if (hold === null) {
      expect([reason, untilMs]).toEqual([null, null]);
      // Nothing may go, for no reason: only while the health check is asked.
      expect(room === 0).toBe(ask);
    } else {
      expect(room).toBe(0);
      expect(reason).toMatch(/\w/);
      expect(untilMs).toBeGreaterThan(given.nowMs);
    }
  });
});

test("of several shut gates the first is the reason: maintenance, window, quota, rate, run, health", () => {
  always(({ policy, memory, given }) => {
    const { hold, reason } = gate(policy, memory, given);
    const alone = (change: Partial<GatePolicy>, pausedUntilMs: number | null = null) => {
      const only: GatePolicy = {
        windows: { ...policy.windows, deliver: [], maintenance: [] },
        limits: { ...policy.limits, perSecond: null, perMinute: null, perDay: null, perRun: null },
        health: null,
        ...change,
      };
      return gate(only, memory, { ...given, pausedUntilMs, calendar: calendarAt(only, given.nowMs) });
    };
    const { limits, windows, health } = policy;
    const none = { ...limits, perSecond: null, perMinute: null, perDay: null, perRun: null };
    const inOrder = [
      alone({ windows: { ...windows, deliver: [] } }),
      alone({ windows: { ...windows, maintenance: [] } }),
      alone({ limits: { ...none, perDay: limits.perDay } }),
      alone({}, given.pausedUntilMs),
      alone({ limits: { ...none, perSecond: limits.perSecond, perMinute: limits.perMinute } }),
      alone({ limits: { ...none, perRun: limits.perRun } }),
      alone({ health }),
    ];
    const first = inOrder.find((verdict) => verdict.hold !== null);
    expect([hold, reason]).toEqual([first?.hold ?? null, first?.reason ?? null]);
  });
});

test("the room is never more than the quota and the run leave", () => {
  always(({ policy, memory, given }) => {
    const { room } = gate(policy, memory, given);
    const { perDay, perRun } = policy.limits;
    if (room > 0) expect(room).toBeLessThanOrEqual(left(policy, memory, given));
    if (perDay !== null)
      expect(room).toBeLessThanOrEqual(Math.max(0, perDay - usedToday(memory, given.calendar.day)));
    if (perRun !== null) expect(room).toBeLessThanOrEqual(perRun);
  });
});

test("when the next request may start it may, but for what a health check then says", () => {
  always(({ policy, memory, given }) => {
    const nowMs = nextSendMs(policy, memory, given);
    if (nowMs === null) return;
    expect(nowMs).toBeGreaterThan(given.nowMs);
    const then = gate(policy, memory, { ...given, nowMs, calendar: calendarAt(policy, nowMs) });
    // Windows that are never open together are looked at again and again.
    const isNever = then.hold === "outside_window" && nowMs > given.nowMs + dayMs;
    if (!isNever) expect([null, "unhealthy"]).toContain(then.hold);
    if (then.hold === null && !then.ask) expect(then.room).toBeGreaterThan(0);
  });
});

test("a clock that went back locks nothing for more than a day", () => {
  always(({ policy, memory, given }) => {
    const { deliver, maintenance } = policy.windows;
    if (deliver.length > 0 || maintenance.length > 0) return;
    const nowMs = nextSendMs(policy, memory, { ...given, pausedUntilMs: null });
    // An autumn day has 25 hours.
    expect(nowMs ?? 0).toBeLessThanOrEqual(given.nowMs + dayMs + 3_600_000);
  });
});

type Step =
  | { kind: "send"; most: number }
  | { kind: "rest"; ms: number }
  | { kind: "dry" }
  /** A clean end, or a death: `maybeSent` of the journal, of which `sent` did go. */
  | { kind: "owner"; inserted: boolean; sent: number; maybeSent: number };

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("send" as const), most: fc.integer({ min: 1, max: 80 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("rest" as const),
      ms: fc.oneof(fc.integer({ min: 1, max: minuteMs }), fc.integer({ min: 1, max: dayMs })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("dry" as const) }) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        kind: fc.constant("owner" as const),
        inserted: fc.boolean(),
        sent: fc.nat({ max: 10 }),
        more: fc.nat({ max: 10 }),
      })
      .map(({ more, ...step }) => ({ ...step, maybeSent: step.sent + more })),
  },
);

test("a day never sees more than its quota, over restarts, deaths and changes of the clock", () => {
  let spent = 0;
  fc.assert(
    fc.property(aPolicy, aMoment, fc.array(aStep, { maxLength: 60 }), (base, fromMs, steps) => {
      const policy = { ...base, health: null, limits: { ...base.limits, perDay: 40 } };
      const sentOn = new Map<string, number>();
      let memory = newGateMemory;
      let nowMs = fromMs;
      let calendar: Calendar = calendarAt(policy, nowMs);
      const count = (sent: number) => {
        const day = localDay(nowMs, policy.windows.timeZone);
        sentOn.set(day, (sentOn.get(day) ?? 0) + sent);
      };
      for (const step of steps) {
        if (!isFresh(calendar, nowMs)) calendar = calendarAt(policy, nowMs);
        const given: GateGiven = { nowMs, calendar, breaker: "closed", pausedUntilMs: null };
        if (step.kind === "rest") nowMs += step.ms;
        else if (step.kind === "dry") memory = ranDry(memory);
        else if (step.kind === "owner") {
          // The dead one kept to what it knew: it can't have sent more than was left.
          const sent = Math.min(step.sent, gate(policy, memory, given).room);
          count(sent);
          memory = beginning(memory, policy, { ...given, ...step });
        } else {
          for (let sent = 0; sent < step.most && gate(policy, memory, given).room > 0; sent += 1) {
            memory = started(memory, policy, given);
            count(1);
          }
        }
      }
      for (const sent of sentOn.values()) expect(sent).toBeLessThanOrEqual(40);
      if ([...sentOn.values()].includes(40)) spent += 1;
    }),
    runs,
  );
  expect(spent).toBeGreaterThan(50);
});

test("a request that was not made gives its place back on the day that it started, and on no other", () => {
  always(({ policy, given }) => {
    const quota = { ...policy, health: null, limits: { ...policy.limits, perDay: 200 } };
    const { calendar, nowMs } = given;
    const before = started(newGateMemory, quota, given);
    const same = notCalled(before, quota, { ...given, startedAtMs: nowMs });
    expect(usedToday(same, calendar.day)).toBe(0);
    // It is past midnight when it is known; one of the new day's has gone already.
    const later = { calendar: calendarAt(quota, calendar.dayEndsMs), nowMs: calendar.dayEndsMs };
    const next = started(before, quota, later);
    const after = notCalled(next, quota, { ...later, startedAtMs: nowMs });
    expect(usedToday(after, later.calendar.day)).toBe(1);
  });
});

test("no second and no minute sees more than its limit, by a clock that knows parts of a millisecond", () => {
  let full = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom("perSecond" as const, "perMinute" as const),
      fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 20, maxLength: 200 }),
      (limit, unit, rests) => {
        const none = { perSecond: null, perMinute: null, perDay: null, perRun: null, runEveryMs: minuteMs };
        const windows = { timeZone: "UTC", deliver: [], maintenance: [] };
        const policy: GatePolicy = { windows, health: null, limits: { ...none, [unit]: limit } };
        const perMs = unit === "perSecond" ? 1_000 : minuteMs;
        const starts: number[] = [];
        let memory = newGateMemory;
        let nowMs = aprilMs;
        for (const rest of rests) {
          const given: GateGiven = {
            nowMs,
            calendar: calendarAt(policy, nowMs),
            breaker: "closed",
            pausedUntilMs: null,
          };
          const { room, untilMs } = gate(policy, memory, given);
          for (let sent = 0; sent < room; sent += 1) {
            memory = started(memory, policy, given);
            starts.push(nowMs);
          }
          // As a drain waits: until the gate opens, and a little late.
          nowMs = (untilMs ?? nowMs) + rest / limit;
        }
        for (const [index, at] of starts.entries()) {
          const next = starts[index + limit];
          if (next !== undefined) expect(next - at).toBeGreaterThanOrEqual(perMs);
          if (next !== undefined) full += 1;
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(full).toBeGreaterThan(1_000);
});

test("a run sends what it may, and the next begins when its time has come, or with a new owner and an insert", () => {
  const limits = { perSecond: null, perMinute: null, perDay: null };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom(100, 1_000, 60_000),
      fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 40 }),
      (perRun, runEveryMs, rests) => {
        const windows = { timeZone: "UTC", deliver: [], maintenance: [] };
        const policy: GatePolicy = { windows, health: null, limits: { ...limits, perRun, runEveryMs } };
        let memory = newGateMemory;
        let nowMs = aprilMs;
        let endedAtMs = Number.NEGATIVE_INFINITY;
        for (const rest of rests) {
          nowMs += rest;
          const given: GateGiven = {
            nowMs,
            calendar: calendarAt(policy, nowMs),
            breaker: "closed",
            pausedUntilMs: null,
          };
          const { room, untilMs, insertWakes } = gate(policy, memory, given);
          if (nowMs < endedAtMs + runEveryMs) {
            expect({ room, untilMs, insertWakes }).toEqual({
              room: 0,
              untilMs: endedAtMs + runEveryMs,
              insertWakes: true,
            });
            const woken = beginning(memory, policy, { ...given, maybeSent: 0, inserted: true });
            expect(gate(policy, woken, given).room).toBe(perRun);
            continue;
          }
          expect(room).toBe(perRun);
          for (let sent = 0; sent < perRun; sent += 1) memory = started(memory, policy, given);
          endedAtMs = nowMs;
        }
      },
    ),
    runs,
  );
});

test("a limit that is lowered below what a run has sent ends the run, and the next comes in its time", () => {
  fc.assert(
    fc.property(aSituation, fc.integer({ min: 1, max: 50 }), ({ policy, memory, given }, perRun) => {
      const { runEveryMs } = policy.limits;
      const limits = { perSecond: null, perMinute: null, perDay: null, perRun, runEveryMs };
      const windows = { timeZone: "UTC", deliver: [], maintenance: [] };
      const lowered: GatePolicy = { windows, health: null, limits };
      const calendar = calendarAt(lowered, given.nowMs);
      const running = { ...memory, run: { ...memory.run, endedAtMs: null } };
      const after = followed(running, lowered, { before: policy, nowMs: given.nowMs });
      const nowMs = nextSendMs(lowered, after, { ...given, calendar, pausedUntilMs: null });
      expect(nowMs ?? 0).toBeLessThanOrEqual(given.nowMs + runEveryMs);
      if (nowMs !== null) expect(left(lowered, after, { nowMs, calendar })).toBe(perRun);
    }),
    runs,
  );
});

test("what another health check said is forgotten, and what the same one said is kept", () => {
  fc.assert(
    fc.property(aSituation, aPolicy, ({ policy, memory, given: { nowMs } }, other) => {
      expect(followed(memory, policy, { before: policy, nowMs }).health).toEqual(memory.health);
      const isSame = JSON.stringify(other.health) === JSON.stringify(policy.health);
      expect(followed(memory, other, { before: policy, nowMs }).health).toEqual(
        isSame ? memory.health : null,
      );
    }),
    runs,
  );
});

test("what a dead owner may have sent counts in the minute as well", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), fc.nat({ max: 100 }), (perMinute, maybeSent) => {
      const windows = { timeZone: "UTC", deliver: [], maintenance: [] };
      const none = { perSecond: null, perDay: null, perRun: null, runEveryMs: minuteMs };
      const policy: GatePolicy = { windows, health: null, limits: { ...none, perMinute } };
      const calendar = calendarAt(policy, aprilMs);
      // Right after the owner wrote for the last time it sent all that it might, and died.
      const dead = Math.min(maybeSent, perMinute);
      let memory = beginning(newGateMemory, policy, {
        nowMs: aprilMs,
        calendar,
        maybeSent: dead,
        inserted: false,
      });
      let sent = dead;
      let nowMs = aprilMs;
      for (;;) {
        const given: GateGiven = { nowMs, calendar, breaker: "closed", pausedUntilMs: null };
        const { room, untilMs } = gate(policy, memory, given);
        if (room > 0) {
          memory = started(memory, policy, given);
          sent += 1;
        } else if (untilMs !== null && untilMs < aprilMs + minuteMs) nowMs = untilMs;
        else break;
      }
      expect(sent).toBeLessThanOrEqual(perMinute);
    }),
    { numRuns: 500 },
  );
});
