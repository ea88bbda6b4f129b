import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Control,
  type ControlEvent,
  type ControlPolicy,
  type Given,
  mayStart,
  newControl,
  nextChangeAtMs,
  reduce,
  view,
  wantsHealthCheck,
} from "#lib/core/control.ts";
import { isDelivered, outcomes } from "#lib/core/outcome.ts";

const runs = { numRuns: 1_000 };

const aPolicy: fc.Arbitrary<ControlPolicy> = fc.record({
  batchSizeMax: fc.integer({ min: 1, max: 50 }),
  slowMs: fc.constantFrom(100, 30_000),
  probeEveryMs: fc.constantFrom(1_000, 600_000),
  goodTrials: fc.integer({ min: 1, max: 4 }),
  health: fc.option(fc.record({ everyMs: fc.constantFrom(1_000, 60_000) })),
});

/** What happens next: a burst of equal events makes deep states likely. `stale`: how many generations ago it started. */
const aHappening = fc.record({
  waitMs: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 2_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -3_600_000, max: 3_600_000 }) },
  ),
  repeat: fc.integer({ min: 1, max: 30 }),
  latencyMs: fc.integer({ min: -10, max: 100_000 }),
  stale: fc.constantFrom(0, 0, 0, 0, 1, 3),
  outcome: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("delivered" as const, "unavailable" as const) },
    { weight: 1, arbitrary: fc.constantFrom(...outcomes) },
  ),
  retryAfterMs: fc.option(fc.oneof(fc.integer({ min: -1, max: 100_000_000 }), fc.constantFrom(0, 1_000))),
  record: fc.integer({ min: 0, max: 40 }),
  inFlight: fc.integer({ min: 0, max: 60 }),
  oldestMs: fc.option(fc.integer({ min: 0, max: 100_000 })),
  random: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant("replied" as const) },
    { weight: 3, arbitrary: fc.constantFrom("ticked" as const, "health_checked" as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("probe_requested" as const, "tripped" as const, "reset" as const),
    },
  ),
  green: fc.boolean(),
  /** Mostly the policy stays. */
  policy: fc.option(aPolicy, { freq: 12 }),
});
type Happening = typeof aHappening extends fc.Arbitrary<infer T> ? T : never;

const aStory = fc.tuple(aPolicy, fc.array(aHappening, { maxLength: 40 }));

function eventOf(happening: Happening, control: Control, nowMs: number): ControlEvent {
  switch (happening.kind) {
    case "replied":
      return {
        kind: "replied",
        recordId: String(happening.record),
        startedAtMs: nowMs - happening.latencyMs,
        generation: Math.max(0, view(control).generation - happening.stale),
        outcome: happening.outcome,
        retryAfterMs: happening.retryAfterMs,
        error: isDelivered(happening.outcome) ? null : "503: no",
      };
    case "ticked":
      return { kind: "ticked" };
    case "health_checked":
      return { kind: "health_checked", green: happening.green, detail: null };
    case "probe_requested":
    case "tripped":
    case "reset":
      return { kind: happening.kind, by: "ana" };
  }
}

type Seen = { before: Control; after: Control; event: ControlEvent; given: Given; changes: number };

/** Plays a story and shows each step of it. */
function play(
  [policy, happenings]: [ControlPolicy, Happening[]],
  look: (seen: Seen) => void = () => {},
): Control {
  let nowMs = 1_700_000_000_000;
  let control = newControl(nowMs);
  let current = policy;
  for (const happening of happenings) {
    current = happening.policy ?? current;
    for (let index = 0; index < happening.repeat; index += 1) {
      nowMs += happening.waitMs;
      const { random, inFlight, oldestMs } = happening;
      const oldestStartedAtMs = oldestMs === null ? null : nowMs - oldestMs;
      const given: Given = { nowMs, random, policy: current, inFlight, oldestStartedAtMs };
      const event = eventOf(happening, control, nowMs);
      const { control: after, changes } = reduce(control, event, given);
      look({ before: control, after, event, given, changes: changes.length });
      control = after;
    }
  }
  return control;
}

/** Writing to what is frozen throws. */
function frozen(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
}

const holds = (look: (seen: Seen) => void) =>
  fc.assert(
    fc.property(aStory, (story) => void play(story, look)),
    runs,
  );

describe("whatever happens", () => {
  test("the batch size stays within one and the maximum", () => {
    holds(({ after, given }) => {
      const { batchSize } = view(after);
      if (!(batchSize >= 1 && batchSize <= given.policy.batchSizeMax && Number.isInteger(batchSize))) {
        throw new Error(`batch size ${batchSize} of at most ${given.policy.batchSizeMax}`);
      }
    });
  });

  test("what may start is never negative, nothing while open or paused, and one at most while half-open", () => {
    holds(({ after, given }) => {
      const may = mayStart(after, given);
      const { breaker, pausedUntilMs, batchSize } = view(after);
      const most = { closed: batchSize, half_open: 1, open: 0 }[breaker];
      const isPaused = pausedUntilMs !== null && pausedUntilMs > given.nowMs;
      const expected = isPaused ? 0 : Math.max(0, most - given.inFlight);
      if (may !== expected) throw new Error(`${may} may start, ${expected} expected while ${breaker}`);
    });
  });

  test("a breaker closes only after its good trials in a row, or when somebody resets it", () => {
    fc.assert(
      fc.property(aStory, (story) => {
        let good = 0;
        play(story, ({ before, after, event, given }) => {
          if (event.kind === "replied" && before.breaker.state === "half_open") {
            const isCurrent = event.generation === view(before).generation;
            const isSlow = given.nowMs - event.startedAtMs > given.policy.slowMs;
            if (isCurrent && isDelivered(event.outcome)) good = isSlow ? 0 : good + 1;
          }
          if (
            before.breaker.state !== "closed" &&
            after.breaker.state === "closed" &&
            event.kind !== "reset"
          ) {
            if (before.breaker.state !== "half_open") throw new Error(`closed from ${before.breaker.state}`);
            if (good < given.policy.goodTrials) throw new Error(`closed after ${good} good trials`);
          }
          if (after.breaker.state !== "half_open") good = 0;
        });
      }),
      runs,
    );
  });

  test("a reply to a request of an older generation shrinks nothing and opens nothing", () => {
    holds(({ before, after, event, given }) => {
      if (event.kind !== "replied" || event.generation === view(before).generation) return;
      const size = Math.min(view(before).batchSize, given.policy.batchSizeMax);
      if (view(after).batchSize < size) throw new Error("shrunk by a stale reply");
      if (after.breaker.state !== before.breaker.state) throw new Error("turned by a stale reply");
    });
  });

  test("every change of size or breaker is told", () => {
    holds(({ before, after, changes }) => {
      const isSame =
        view(before).batchSize === view(after).batchSize && before.breaker.state === after.breaker.state;
      if (!isSame && changes === 0) throw new Error("a change was not told");
    });
  });

  test("the generation grows with each shrink and never falls", () => {
    holds(({ before, after }) => {
      const [old, now] = [view(before), view(after)];
      if (now.generation < old.generation) throw new Error("the generation fell");
      if (now.batchSize < old.batchSize && now.generation === old.generation)
        throw new Error("a shrink without one");
    });
  });

  test("an open breaker says why, since when, and when it is tested", () => {
    holds(({ after }) => {
      const { breaker, breakerReason, breakerSinceMs, nextProbeAtMs } = view(after);
      const isSaid = breakerReason !== null && breakerSinceMs !== null && nextProbeAtMs !== null;
      if (breaker === "open" && !isSaid) throw new Error("an open breaker without its reason");
    });
  });

  test("the next change is due now at the earliest, and a tick that is due does not stay due", () => {
    holds(({ after, given }) => {
      const at = nextChangeAtMs(after, given);
      if (at === null) return;
      if (at < given.nowMs) throw new Error("due in the past");
      const later = { ...given, nowMs: at };
      const { control } = reduce(after, { kind: "ticked" }, later);
      const next = nextChangeAtMs(control, later);
      if (next !== null && next <= at && !wantsHealthCheck(control, later)) throw new Error("due for ever");
    });
  });

  test("the state survives being stored as JSON", () => {
    fc.assert(
      fc.property(aStory, (story) => {
        const control = play(story);
        expect(JSON.parse(JSON.stringify(control))).toStrictEqual(control);
      }),
      runs,
    );
  });

  test("the same events lead to the same state, and no state given is changed", () => {
    fc.assert(
      fc.property(aStory, (story) => {
        const once = play(story, ({ after }) => frozen(after));
        expect(play(story)).toStrictEqual(once);
      }),
      runs,
    );
  });
});
