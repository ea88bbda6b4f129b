// What docs/api.md lists is what there is.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { operations } from "#lib/contract/operations/index.ts";
import { problemKinds } from "#lib/contract/problem.ts";
import { permissions } from "#lib/core/access.ts";

const text = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
const section = (title: string): string =>
  text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";
const tableOf = (title: string): string =>
  section(title)
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .join("\n");

describe("docs/api.md", () => {
  test("lists every operation, and none that there is not", () => {
    const listed = [...tableOf("Paths").matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/[^`?\s]*)/g)].map(
      ([, method, path]) => `${method} ${path}`,
    );
    const there = operations.map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(listed)].sort()).toEqual(there.toSorted());
    expect(listed).toEqual([...new Set(listed)]);
  });

  test("names the permission of each operation in its row", () => {
    const rows = tableOf("Paths").split("\n");
    for (const { method, path, may } of operations) {
      if (typeof may !== "string") continue;
      const row = rows.find((row) => new RegExp(`\`${method} ${escaped(path)}[\`?]`).test(row)) ?? "";
      expect(row, `${method} ${path}`).toContain(`\`${may}\``);
    }
  });

  test("lists every code of a problem with its status", () => {
    const listed = [...section("Errors").matchAll(/^\| `(\w+)` \| (\d{3}) \| \S/gm)].map(
      ([, code, status]) => [code, Number(status)],
    );
    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(Object.entries(problemKinds).map(([code, { status }]) => [code, status])),
    );
  });

  test("lists every permission", () => {
    const listed = [...section("Who asks").matchAll(/^\| `(\w+)`/gm)].map(([, permission]) => permission);
    expect(listed.sort()).toEqual([...permissions].sort());
  });
});

const escaped = (path: string): string => path.replaceAll(/[{}/]/g, "\\$&");
