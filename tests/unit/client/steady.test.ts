import { describe, expect, test } from "vitest";
import { steady } from "#lib/client/steady.ts";

type Row = { id: string; text?: string };
const rows = (ids: string): Row[] => [...ids].map((id) => ({ id }));
const idsOf = (items: readonly Row[]) => items.map(({ id }) => id).join("");
const run = (shown: string, latest: string, { held = false, kept = "" } = {}) => {
  const result = steady({
    shown: rows(shown),
    latest: rows(latest),
    keyOf: ({ id }) => id,
    held,
    keeps: ({ id }) => kept.includes(id),
  });
  return { ids: idsOf(result.items), fresh: result.fresh };
};

describe("a list that is held", () => {
  test("counts new rows instead of showing them", () => {
    expect(run("abc", "xyabc", { held: true })).toEqual({ ids: "abc", fresh: 2 });
  });

  test("keeps rows that the server no longer lists, where they are", () => {
    expect(run("abc", "ac", { held: true })).toEqual({ ids: "abc", fresh: 0 });
  });

  test("shows what was loaded below, for nothing above it moves", () => {
    expect(run("abc", "abcde", { held: true })).toEqual({ ids: "abcde", fresh: 0 });
  });

  test("counts all rows when none of the known ones is left", () => {
    expect(run("abc", "xyz", { held: true })).toEqual({ ids: "abc", fresh: 3 });
  });

  test("brings known rows up to date in their places", () => {
    const { items } = steady<Row>({
      shown: [{ id: "a" }, { id: "b" }],
      latest: [{ id: "b", text: "new" }, { id: "a" }],
      keyOf: ({ id }) => id,
      held: true,
      keeps: () => false,
    });
    expect(items).toEqual([{ id: "a" }, { id: "b", text: "new" }]);
  });
});

describe("a list that is not held", () => {
  test("follows the server", () => {
    expect(run("abc", "xac")).toEqual({ ids: "xac", fresh: 0 });
  });

  test("keeps a row that was acted on in its place", () => {
    expect(run("abc", "xac", { kept: "b" })).toEqual({ ids: "xabc", fresh: 0 });
    expect(run("abc", "bc", { kept: "a" })).toEqual({ ids: "abc", fresh: 0 });
    expect(run("abc", "", { kept: "abc" })).toEqual({ ids: "abc", fresh: 0 });
  });

  test("stands still when nothing changed", () => {
    const first = run("abc", "xac", { kept: "b" }).ids;
    expect(run(first, "xac", { kept: "b" }).ids).toBe(first);
  });
});
