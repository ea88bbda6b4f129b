import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "#lib/core/backoff.ts";
import { classify } from "#lib/core/classify.ts";
import { decide } from "#lib/core/decide.ts";
import { fingerprint, normalizeMessage } from "#lib/core/fingerprint.ts";
import { isDelivered, outcomes } from "#lib/core/outcome.ts";
import type { Reply } from "#lib/core/reply.ts";

const runs = { numRuns: 2_000 };
const day = 86_400_000;

const random = fc.double({ min: 0, max: 1, noNaN: true });
const backoff = fc.record({
  baseMs: fc.integer({ min: 1, max: day }),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  attemptsMax: fc.integer({ min: 1, max: 100 }),
});

const text = fc.string({ unit: "binary", maxLength: 300 });
const body = fc.oneof(
  text,
  fc.json(),
  fc
    .letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        text,
        fc.constant(null),
        fc.integer(),
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            "message",
            "error",
            "errors",
            "detail",
            "title",
            "field",
            "loc",
            "name",
            "__proto__",
          ),
          tie("node"),
          { maxKeys: 4 },
        ),
      ),
    }))
    .node.map((value) => JSON.stringify(value)),
);
const headers = fc.dictionary(
  fc.constantFrom(
    "retry-after",
    "date",
    "location",
    "ratelimit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
  ),
  fc.oneof(
    text,
    fc.integer().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  ),
);
const aReply: fc.Arbitrary<Reply> = fc.oneof(
  fc.record({
    kind: fc.constant("response" as const),
    status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.integer()),
    headers,
    body,
    truncated: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("timeout" as const),
    phase: fc.constantFrom("connect" as const, "headers" as const, "body" as const, "total" as const),
    sent: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("network" as const),
    code: fc.oneof(text, fc.constantFrom("ECONNRESET", "__proto__", "constructor")),
    message: text,
    sent: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("refused" as const), why: text }),
);

test("any reply, however garbled, has an outcome, a wait within a day, and a sentence on one line", () => {
  fc.assert(
    fc.property(aReply, fc.integer({ min: 0, max: 4e12 }), (reply, nowMs) => {
      const { outcome, retryAfterMs, error } = classify(reply, nowMs);
      expect(outcomes).toContain(outcome);
      if (retryAfterMs !== null) {
        expect(Number.isInteger(retryAfterMs) && retryAfterMs >= 0 && retryAfterMs <= day).toBe(true);
      }
      expect(error === null).toBe(isDelivered(outcome));
      if (error !== null && reply.kind !== "refused") {
        expect(typeof error).toBe("string");
        expect(error).not.toMatch(/[\n\r\0]/);
        expect(error.length).toBeLessThan(300);
      }
    }),
    runs,
  );
});

test("a backoff lies within its jitter and a day, and in whole milliseconds", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), backoff, random, (attempt, policy, chance) => {
      const ms = backoffMs(attempt, policy, chance);
      const exact = Math.min(day, policy.baseMs * policy.factor ** Math.min(1000, attempt - 1));
      expect(Number.isInteger(ms)).toBe(true);
      expect(ms).toBeGreaterThanOrEqual(Math.floor(exact * (1 - policy.jitter)));
      expect(ms).toBeLessThanOrEqual(Math.min(day, Math.ceil(exact * (1 + policy.jitter))));
    }),
    runs,
  );
});

test("a decision never takes attempts away, adds at most one, and fails only a charged or an invalid record", () => {
  const queued = fc.record({ attempts: fc.nat({ max: 120 }), tries: fc.nat({ max: 1_000 }) });
  const classified = fc.record({
    outcome: fc.constantFrom(...outcomes),
    retryAfterMs: fc.option(fc.nat({ max: day })),
    error: fc.constant(null),
    team: fc.constant(null),
  });
  fc.assert(
    fc.property(
      classified,
      queued,
      backoff,
      fc.boolean(),
      random,
      (reply, record, policy, charged, chance) => {
        const decision = decide(reply, record, { policy: { backoff: policy }, charged, random: chance });
        expect(decision.action === "deliver").toBe(isDelivered(reply.outcome));
        if (decision.action === "deliver") return;
        expect([record.attempts, record.attempts + 1]).toContain(decision.attempts);
        if (decision.action === "fail" && reply.outcome !== "invalid") {
          expect(charged && decision.attempts >= policy.attemptsMax).toBe(true);
        }
        if (decision.action === "retry") {
          expect(decision.dueInMs >= 0 && decision.dueInMs <= day).toBe(true);
          if (reply.retryAfterMs !== null) expect(decision.dueInMs).toBe(reply.retryAfterMs);
        }
      },
    ),
    runs,
  );
});

test("a message's numbers never change its fingerprint, and normalizing twice changes nothing", () => {
  const aFailure = { provider: "ats", type: null, category: "technical", status: 503, code: null };
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (one, other) => {
      const of = (id: number) => fingerprint({ ...aFailure, message: `order ${id} is late` });
      expect(of(one)).toBe(of(other));
      const normal = normalizeMessage(`order ${one} of "${other}" is late`);
      expect(normalizeMessage(normal)).toBe(normal);
    }),
    runs,
  );
});
