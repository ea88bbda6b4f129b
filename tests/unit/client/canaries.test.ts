// A canary's runs in words, and as marks.
import { expect, test } from "vitest";
import { markHeight, runMarkWords, stripWords } from "#lib/client/canaries.ts";
import type { CanaryRun } from "#lib/contract/canary.ts";
import type { CanaryRunState } from "#lib/core/canary.ts";

const aRun = (state: CanaryRunState, more: Partial<CanaryRun> = {}): CanaryRun => ({
  dueAt: "2026-11-21T12:00:00Z",
  startedBy: "Redrive",
  startedAt: "2026-11-21T12:00:00Z",
  endedAt: state === "running" ? null : "2026-11-21T12:00:01Z",
  state,
  tookMs: state === "running" ? null : 12,
  error: state === "failed" ? "503 Service Unavailable" : null,
  recordId: null,
  ...more,
});
const runs = (...states: CanaryRunState[]) => states.map((state) => aRun(state));

test.each([
  [[], "No run has ended yet"],
  [["running"], "No run has ended yet"],
  [["ok"], "The last run was well"],
  [["slow"], "The last run was slow"],
  [["failed", "running"], "The last run failed"],
  [["ok", "ok", "running"], "All of the last 2 runs well"],
  [["ok", "failed", "slow", "failed"], "1 of the last 4 runs well, 1 slow, 2 failed"],
  [["failed", "failed"], "0 of the last 2 runs well, 2 failed"],
] satisfies [CanaryRunState[], string][])("%j is “%s”", (states, words) => {
  expect(stripWords(runs(...states))).toBe(words);
});

test("a mark says how its run was, how long it took, and why", () => {
  expect(runMarkWords(aRun("ok"), "12:00")).toBe("12:00 well, 12 ms");
  expect(runMarkWords(aRun("failed"), "12:00")).toBe("12:00 failed, 12 ms: 503 Service Unavailable");
  expect(runMarkWords(aRun("running"), "12:00")).toBe("12:00 under way");
});

test("a mark is higher the more of its limit a run took, and whole only when it was not well", () => {
  const height = (tookMs: number) => markHeight(aRun("ok", { tookMs }), 10_000);
  expect(height(0)).toBe(0.2);
  expect(height(100)).toBeGreaterThan(height(10));
  expect(height(10_000)).toBe(0.85);
  for (const state of ["slow", "failed", "running"] as const) expect(markHeight(aRun(state), 10_000)).toBe(1);
});
