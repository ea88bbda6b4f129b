import fc from "fast-check";
import { expect, test } from "vitest";
import { classify } from "#lib/core/classify.ts";
import {
  checked,
  delivered,
  failedDelivery,
  type Health,
  type HealthPolicy,
  healthAnswer,
  healthHold,
} from "#lib/core/health.ts";
import { isDelivered, outcomes } from "#lib/core/outcome.ts";
import type { Reply } from "#lib/core/reply.ts";
import {
  firstMatch,
  fitting,
  type Rule,
  type RuleWhen,
  sayProblem,
  sayWords,
  shadowed,
} from "#lib/core/rules.ts";
import { builtInTeams } from "#lib/core/status.ts";

const runs = { numRuns: 3_000 };

type Response = Extract<Reply, { kind: "response" }>;

const text = fc.string({ unit: "binary", maxLength: 100 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const seldom = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

// Few words, so that rules and answers meet often.
const scalar = fc.constantFrom<string | number | boolean | null>("a", "ab", "1", 1, 0, true, null);
const aPattern = fc.constantFrom("a", "b", "^a$", "1", "(");
const aPath = fc.constantFrom("$.a", "$.b", "$..a", "$", "$.a[*]", "$.a[?@.b == 1]", "$[");
const headerName = fc.constantFrom("x-a", "X-A", "x-b");

const aWhen: fc.Arbitrary<RuleWhen> = fc.record({
  status: maybe(fc.constantFrom<RuleWhen["status"]>(400, 404, 500, 200, "2xx", "4xx", "5xx")),
  header: seldom(headerName),
  jsonPath: seldom(aPath),
  body: seldom(aPattern),
  equals: seldom(scalar),
  matches: seldom(aPattern),
});
const aRule: fc.Arbitrary<Rule> = fc.record({
  when: aWhen,
  outcome: fc.constantFrom(...outcomes),
  team: maybe(fc.constantFrom(...builtInTeams)),
  say: maybe(fc.oneof(text, fc.constantFrom("{status} {words}", "{header:x-a}: {$.a}", "{$..a}", "{"))),
});

const json = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie("node"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "__proto__"), tie("node"), { maxKeys: 2 }),
  ),
})).node;
const aResponse: fc.Arbitrary<Response> = fc.record({
  kind: fc.constant("response" as const),
  status: fc.oneof(fc.constantFrom(200, 400, 404, 500), fc.integer({ min: 100, max: 599 }), fc.integer()),
  headers: fc.dictionary(
    fc.constantFrom("x-a", "x-b", "retry-after", "__proto__"),
    fc.oneof(scalar.map(String), text),
  ),
  body: fc.oneof(
    json.map((value) => JSON.stringify(value)),
    fc.constantFrom("a", "ab", ""),
    text,
  ),
  truncated: fc.boolean(),
});

test("no answer fits a shadowed rule without fitting the one that shadows it", () => {
  let met = 0;
  fc.assert(
    fc.property(
      fc.array(aRule, { minLength: 2, maxLength: 8 }),
      fc.array(aResponse, { minLength: 20, maxLength: 20 }),
      (rules, replies) => {
        const pair = shadowed(rules);
        if (pair === null) return;
        const [later, earlier] = [rules[pair.index]?.when ?? {}, rules[pair.by]?.when ?? {}];
        expect(pair.by).toBeLessThan(pair.index);
        for (const reply of replies) {
          const fits = fitting(reply);
          if (!fits(later)) continue;
          met += 1;
          expect(fits(earlier)).toBe(true);
          expect(firstMatch(rules, reply)).not.toBe(rules[pair.index]);
        }
      },
    ),
    runs,
  );
  // A test in which nothing ever fits would prove nothing.
  expect(met).toBeGreaterThan(1_000);
});

test("a rule covered by itself, or by less of itself, is always found", () => {
  fc.assert(
    fc.property(aWhen, aRule, fc.constantFrom("status", "body", "equals", "matches"), (when, rule, left) => {
      const fewer = { ...when, [left]: undefined };
      expect(
        shadowed([
          { ...rule, when: fewer },
          { ...rule, when },
        ]),
      ).toEqual({ index: 1, by: 0 });
    }),
    runs,
  );
});

test("whatever the answer and the rules, reading it never throws, and people read one short line", () => {
  fc.assert(
    fc.property(aResponse, fc.array(aRule, { maxLength: 5 }), (reply, rules) => {
      const { outcome, error, team } = classify(reply, 1_000, rules);
      expect(outcomes).toContain(outcome);
      expect(error === null).toBe(isDelivered(outcome));
      expect((error ?? "").length).toBeLessThan(300);
      expect(error ?? "").not.toMatch(/[\n\r\0]/);
      const rule = firstMatch(rules, reply);
      if (rule === null) expect(team).toBeNull();
      else if (!reply.truncated) expect([outcome, team]).toEqual([rule.outcome, rule.team ?? null]);
    }),
    runs,
  );
});

test("whatever the template, a sentence is one line of at most 200 characters", () => {
  const piece = fc.oneof(
    text,
    fc.constantFrom("{status}", "{words}", "{header:x-a}", "{$.a}", "{$..a}", "{", "}"),
  );
  const template = fc.oneof(
    text,
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(" ")),
  );
  fc.assert(
    fc.property(template, aResponse, (say, reply) => {
      const words = sayWords(say, reply);
      expect(words.length).toBeLessThanOrEqual(200);
      expect(words).not.toMatch(/[\n\r\0]/);
      expect(words.isWellFormed()).toBe(true);
      const problem = sayProblem(say);
      expect(problem === null || problem.length > 0).toBe(true);
    }),
    runs,
  );
});

const everyMs = 60_000;
const policy: HealthPolicy = { everyMs, timeoutMs: 10_000, expect: 200, slowMs: null, ill: [] };
const ok: Reply = { kind: "response", status: 200, headers: {}, body: "", truncated: false };

type Event = { kind: "succeeded" | "failed" | "checked"; afterMs: number };
/** Deliveries and checks in any order, and a clock that sometimes goes back. */
const events: fc.Arbitrary<Event[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("succeeded", "failed", "checked"),
    afterMs: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 90_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: -3_600_000, max: -1 }) },
    ),
  }),
  { maxLength: 30 },
);

type Told = {
  health: Health | null;
  nowMs: number;
  lastAnswerAtMs: number | null;
  lastSuccessAtMs: number | null;
};

function live(happened: Event[], reply: Reply, look: (told: Told) => void): void {
  const answer = healthAnswer(reply, 10, policy);
  let told: Told = { health: null, nowMs: 1e12, lastAnswerAtMs: null, lastSuccessAtMs: null };
  for (const { kind, afterMs } of happened) {
    told = { ...told, nowMs: told.nowMs + afterMs };
    look(told);
    const { health, nowMs, lastSuccessAtMs } = told;
    if (kind === "checked") {
      const given = { nowMs, startedAtMs: nowMs - 10, lastSuccessAtMs };
      told = { ...told, health: checked(health, answer, given) };
    } else if (kind === "succeeded") {
      told = { ...told, health: delivered(health, nowMs), lastAnswerAtMs: nowMs, lastSuccessAtMs: nowMs };
    } else {
      told = { ...told, health: failedDelivery(health), lastAnswerAtMs: nowMs };
    }
    look(told);
  }
}

const holdOf = ({ health, nowMs, lastAnswerAtMs }: Told) => {
  const hold = healthHold(health, policy, { nowMs, lastAnswerAtMs });
  return hold === null || hold === "ask" ? null : hold.untilMs;
};

test("a health check that always says 200 never holds anything", () => {
  fc.assert(
    fc.property(events, (happened) => live(happened, ok, (told) => expect(holdOf(told)).toBeNull())),
    runs,
  );
});

test("a red health check never holds while deliveries are answered, and never longer than until the next check", () => {
  let held = 0;
  const red = { ...ok, status: 503 };
  fc.assert(
    fc.property(events, (happened) =>
      live(happened, red, (told) => {
        const untilMs = holdOf(told);
        if (untilMs === null) return;
        held += 1;
        const { nowMs, lastAnswerAtMs } = told;
        const silentMs = lastAnswerAtMs === null ? Number.POSITIVE_INFINITY : nowMs - lastAnswerAtMs;
        expect(silentMs >= 0 && silentMs <= everyMs).toBe(false);
        expect(untilMs > nowMs && untilMs <= nowMs + everyMs).toBe(true);
      }),
    ),
    runs,
  );
  expect(held).toBeGreaterThan(1_000);
});

test("a red health check that lies holds nothing until it is green or a delivery fails", () => {
  fc.assert(
    fc.property(events, (happened) => {
      const red = { ...ok, status: 503 };
      live(happened, red, (told) => {
        if (told.health?.lying) expect(holdOf(told)).toBeNull();
      });
    }),
    runs,
  );
});
