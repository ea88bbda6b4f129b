import { expect, test } from "vitest";
import { isOld, isRipe, isTouched } from "#lib/client/hints.ts";

test("a provider's hint touches that provider and the lists, not another one", () => {
  const hint = { topic: "provider", provider: "ats" } as const;
  expect(isTouched(["provider", "ats"], hint)).toBe(true);
  expect(isTouched(["batch-changes", "ats", "1h"], hint)).toBe(true);
  expect(isTouched(["providers"], hint)).toBe(true);
  expect(isTouched(["provider", "crm"], hint)).toBe(false);
  expect(isTouched(["failures", {}], hint)).toBe(false);
});

test("a record's hint touches that record", () => {
  expect(isTouched(["records", "a"], { topic: "record", id: "a" })).toBe(true);
  expect(isTouched(["records", "b"], { topic: "record", id: "a" })).toBe(false);
});

test("a record may change with its provider: a first try and a pause send no hint of its own", () => {
  expect(isTouched(["records", "a"], { topic: "throughput", provider: "ats" })).toBe(true);
  expect(isTouched(["records", "a"], { topic: "provider", provider: "ats" })).toBe(true);
  expect(isTouched(["records", "a"], { topic: "failures", provider: "ats" })).toBe(false);
});

test("a query grows old without a hint, counted from its last answer or its last error", () => {
  const query = (dataUpdatedAt: number, errorUpdatedAt: number, freshForMs = 0) => ({
    state: { fetchStatus: "idle", dataUpdatedAt, errorUpdatedAt },
    meta: { freshForMs },
  });
  expect(isOld(query(0, 0), 10_000, 10_000)).toBe(true);
  expect(isOld(query(1, 0), 10_000, 10_000)).toBe(false);
  expect(isOld(query(0, 9_000), 10_000, 10_000)).toBe(false);
  expect(isOld(query(0, 0, 60_000), 10_000, 10_000)).toBe(false);
});

test("a hint without a provider touches all", () => {
  expect(isTouched(["throughput", "ats", "1h"], { topic: "throughput" })).toBe(true);
});

test("a query is not asked again while its answer is on its way, nor before it is worth it", () => {
  const query = (fetchStatus: "idle" | "fetching", dataUpdatedAt: number) => ({
    state: { fetchStatus, dataUpdatedAt, errorUpdatedAt: 0 },
    meta: { freshForMs: 1_000 },
  });
  expect(isRipe(query("idle", 0), 1_000)).toBe(true);
  expect(isRipe(query("idle", 500), 1_000)).toBe(false);
  expect(isRipe(query("fetching", 0), 1_000)).toBe(false);
});
