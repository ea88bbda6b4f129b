// Canaries, decided: is the answer the expected one, and how does a canary stand?
import { describe, expect, test } from "vitest";
import { type CanaryRunState, type CanarySeen, canaryState, patienceMs, surprise } from "#lib/core/canary.ts";

describe("an answer", () => {
  const body = JSON.stringify({ state: "up", count: 3, tags: ["a", "b"], none: null });
  const answer = { status: 200, body };

  test("of any kind is as expected where nothing is expected", () => {
    expect(surprise({}, answer)).toBeNull();
    expect(surprise({}, { status: null, body: null })).toBeNull();
    expect(surprise({}, { status: 204, body: "" })).toBeNull();
  });

  test("has the expected status, or the sentence names both", () => {
    expect(surprise({ status: 200 }, answer)).toBeNull();
    expect(surprise({ status: 202 }, answer)).toBe("It answered 200, not 202.");
    expect(surprise({ status: 200 }, { status: null, body })).toBe("It answered without a status, not 200.");
  });

  test("has the expected value at a path, of the same type", () => {
    expect(surprise({ jsonPath: "$.state", equals: "up" }, answer)).toBeNull();
    expect(surprise({ jsonPath: "$.count", equals: 3 }, answer)).toBeNull();
    expect(surprise({ jsonPath: "$.none", equals: null }, answer)).toBeNull();
    expect(surprise({ jsonPath: "$.count", equals: "3" }, answer)).toBe(
      'Its answer has 3 at $.count, not "3".',
    );
    expect(surprise({ jsonPath: "$.state", equals: "down" }, answer)).toBe(
      'Its answer has "up" at $.state, not "down".',
    );
  });

  test("has the expected value among several", () => {
    expect(surprise({ jsonPath: "$.tags[*]", equals: "b" }, answer)).toBeNull();
    expect(surprise({ jsonPath: "$.tags[*]", equals: "c" }, answer)).toContain('"a"');
  });

  test("has something at a path where no value is expected", () => {
    expect(surprise({ jsonPath: "$.state" }, answer)).toBeNull();
    expect(surprise({ jsonPath: "$.none" }, answer)).toBeNull();
    expect(surprise({ jsonPath: "$.other" }, answer)).toBe("Its answer has nothing at $.other.");
  });

  test("that is no JSON is no surprise unless a path is looked for", () => {
    const page = { status: 200, body: "<html>down</html>" };
    expect(surprise({ status: 200 }, page)).toBeNull();
    expect(surprise({ jsonPath: "$.state" }, page)).toBe("Its answer is no JSON.");
    expect(surprise({ jsonPath: "$.state" }, { status: 204, body: null })).toBe("Its answer is no JSON.");
  });

  test("with a strange value makes a sentence that a database can keep", () => {
    const strange = { status: 200, body: JSON.stringify({ at: `\u0000\ud800${"x".repeat(500)}` }) };
    const sentence = surprise({ jsonPath: "$.at", equals: "up" }, strange) ?? "";
    expect(sentence).not.toContain("\u0000");
    expect(sentence.isWellFormed()).toBe(true);
    expect(sentence.length).toBeLessThan(200);
  });
});

describe("a canary", () => {
  const nowMs = Date.parse("2026-11-21T12:30:30Z");
  const agoMs = (seconds: number) => nowMs - 1_000 * seconds;
  const run = (state: CanaryRunState, seconds: number) => ({ state, startedAtMs: agoMs(seconds) });
  const standing = (seen: Partial<CanarySeen>) =>
    canaryState(
      { isOn: true, cron: "* * * * *", timeZone: "UTC", limitMs: 10_000, changedAtMs: 0, runs: [], ...seen },
      nowMs,
    );

  test("stands as its last run that has ended", () => {
    expect(standing({ runs: [run("ok", 30)] })).toBe("ok");
    expect(standing({ runs: [run("slow", 30), run("ok", 90)] })).toBe("slow");
    expect(standing({ runs: [run("failed", 30)] })).toBe("failed");
    expect(standing({ runs: [run("running", 5), run("failed", 60)] })).toBe("failed");
  });

  test("is off when it is switched off, whatever its runs were", () => {
    expect(standing({ isOn: false, runs: [run("failed", 30)] })).toBe("off");
  });

  test("is new until its first run has ended", () => {
    expect(standing({ changedAtMs: agoMs(20) })).toBe("new");
    expect(standing({ runs: [run("running", 3)] })).toBe("new");
  });

  test("is silent when a run was due and none began", () => {
    expect(standing({ runs: [run("ok", 90)] })).toBe("ok");
    expect(standing({ runs: [run("ok", 91)] })).toBe("silent");
    expect(standing({ changedAtMs: agoMs(300) })).toBe("silent");
    // What was due before it was changed does not count.
    expect(standing({ changedAtMs: agoMs(60), runs: [run("ok", 300)] })).toBe("ok");
    // Hourly: the last one was half an hour ago.
    expect(standing({ cron: "0 * * * *", runs: [run("ok", 30 * 60)] })).toBe("ok");
    expect(standing({ cron: "0 * * * *", runs: [run("ok", 91 * 60)] })).toBe("silent");
  });

  test("is silent when a run never ends", () => {
    const overdueMs = patienceMs(10_000) + 60_000;
    expect(standing({ runs: [run("running", overdueMs / 1_000 - 1), run("ok", 500)] })).toBe("ok");
    expect(standing({ runs: [run("running", overdueMs / 1_000 + 1), run("ok", 500)] })).toBe("silent");
  });

  test("is waited for three times its limit, a minute at least", () => {
    expect(patienceMs(1_000)).toBe(60_000);
    expect(patienceMs(60_000)).toBe(180_000);
  });
});
