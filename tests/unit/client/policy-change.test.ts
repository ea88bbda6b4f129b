import { describe, expect, test } from "vitest";
import {
  bothChanged,
  changeLines,
  isSameAt,
  patchOf,
  rebase,
  shapeErrors,
} from "#lib/client/policy-change.ts";
import { fieldName, policyFields } from "#lib/client/policy-fields.ts";
import { PatchProvider, ProviderPolicy } from "#lib/contract/policy.ts";

const aPolicy = (more: object = {}): ProviderPolicy =>
  ProviderPolicy.parse({ name: "ATS", url: "https://ats.example", ...more });
const base = aPolicy({ auth: { kind: "header", name: "X-Key", value: null } });
const linesOf = (draft: ProviderPolicy) => changeLines(base, draft);

describe("what is sent", () => {
  test("nothing, when nothing differs", () => {
    expect(patchOf(base, structuredClone(base))).toEqual({});
  });

  test("of a group its changed members alone, of anything else the whole", () => {
    const rule = { when: { status: 409 }, outcome: "duplicate" as const };
    const draft = { ...base, limits: { ...base.limits, perDay: 5 }, rules: [rule], keepResponse: true };
    expect(patchOf(base, draft)).toEqual({ limits: { perDay: 5 }, rules: [rule], keepResponse: true });
  });

  test("a secret only when it was typed", () => {
    expect(patchOf(base, { ...base, auth: { kind: "header", name: "X-Key", value: null } })).toEqual({});
    const draft: ProviderPolicy = { ...base, auth: { kind: "header", name: "X-Key", value: "new" } };
    expect(patchOf(base, draft)).toEqual({ auth: { kind: "header", name: "X-Key", value: "new" } });
  });

  test("more records at once bring the connections that they need", () => {
    expect(patchOf(base, { ...base, batchSizeMax: 40 })).toEqual({ batchSizeMax: 40, connectionsMax: 40 });
    expect(patchOf(base, { ...base, batchSizeMax: 40, connectionsMax: 30 })).toEqual({
      batchSizeMax: 40,
      connectionsMax: 30,
    });
  });

  test("the order of members is no change, the order of entries is", () => {
    const one = { when: { status: 409 }, outcome: "duplicate" as const };
    const other = { when: { status: 410 }, outcome: "invalid" as const };
    const before = aPolicy({ rules: [one, other] });
    const same = { ...before, rules: [{ outcome: one.outcome, when: one.when }, other] };
    expect(patchOf(before, same)).toEqual({});
    expect(patchOf(before, { ...before, rules: [other, one] })).toEqual({ rules: [other, one] });
    expect(changeLines(before, { ...before, rules: [other, one] })[0]?.after).toEqual([
      "1. 410 means that it refuses the data",
      "2. 409 counts as delivered (had it already)",
    ]);
  });
});

describe("what a change is called", () => {
  test("before and after, of a list only the entries that come and go", () => {
    const night = { days: ["mon" as const], from: "22:00", to: "06:00" };
    const before = aPolicy({ windows: { maintenance: [night] } });
    const sunday = { days: ["sun" as const], from: "00:00", to: "24:00" };
    const draft = { ...before, windows: { ...before.windows, maintenance: [night, sunday] } };
    expect(changeLines(before, draft)).toEqual([
      { field: "windows.maintenance", name: "Maintenance windows", before: [], after: ["Sun, all day"] },
    ]);
  });

  test("a limit that goes, a time, a share", () => {
    const before = aPolicy({ limits: { perDay: 5 } });
    const draft = {
      ...before,
      limits: { ...before.limits, perDay: null },
      slowMs: 1_500,
      flags: { ...before.flags, percentage: 25 },
    };
    expect(changeLines(before, draft).map(({ name, before, after }) => [name, before[0], after[0]])).toEqual([
      ["Slow means", "30 s", "1.5 s"],
      ["Daily quota", "5", "no limit"],
      ["Share sent", "100 %", "25 %"],
    ]);
  });

  test("a secret is never shown, only that it is replaced", () => {
    const lines = linesOf({ ...base, auth: { kind: "header", name: "X-Key", value: "hush" } });
    expect(lines).toMatchObject([{ before: ["its secret: stored"], after: ["its secret: replaced"] }]);
    expect(JSON.stringify(lines)).not.toContain("hush");
    const renamed = linesOf({ ...base, auth: { kind: "header", name: "X-New", value: "hush" } });
    expect(renamed[0]?.after).toEqual(["the header X-New; its value is stored", "its secret: replaced"]);
  });

  test("every setting has a name, and none is missing", () => {
    const paths = Object.entries(PatchProvider.shape).flatMap(([name, setting]) => {
      const inner = setting.unwrap();
      const isGroup = ["timeoutMs", "backoff", "breaker", "windows", "limits", "flags", "edit"].includes(
        name,
      );
      return isGroup && "shape" in inner
        ? Object.keys(inner.shape).map((member) => `${name}.${member}`)
        : [name];
    });
    expect(policyFields.map(({ path }) => path).toSorted()).toEqual(paths.toSorted());
    expect(policyFields.every(({ words }) => words(base).length > 0)).toBe(true);
  });
});

describe("beside somebody else's change", () => {
  const theirs = { ...base, limits: { ...base.limits, perDay: 200 }, slowMs: 9_000 };

  test("what was typed stands, all else is theirs", () => {
    const draft = { ...base, limits: { ...base.limits, perMinute: 60 }, keepResponse: true };
    const merged = rebase(base, draft, theirs);
    expect(merged).toMatchObject({
      slowMs: 9_000,
      keepResponse: true,
      limits: { perDay: 200, perMinute: 60 },
    });
  });

  test("what both changed is named with both values", () => {
    const draft = { ...base, limits: { ...base.limits, perDay: 100 }, slowMs: 9_000 };
    expect(bothChanged(base, draft, theirs)).toEqual([
      { name: "Daily quota", theirs: ["200"], yours: ["100"] },
    ]);
  });
});

test("what the shape alone refuses is said in plain words, by field", () => {
  const draft = {
    ...base,
    batchSizeMax: Number.NaN,
    limits: { ...base.limits, perDay: 1.5 },
    windows: { ...base.windows, deliver: [{ days: [], from: "8", to: "18:00" }] },
    options: "nonsense" as never,
  };
  const said = new Map(shapeErrors(patchOf(base, draft)).map(({ field, message }) => [field, message]));
  expect(said.get("batchSizeMax")).toBe("must be a number");
  expect(said.get("limits.perDay")).toBe("must be a whole number");
  expect(said.get("windows.deliver.0.days")).toBe("must name one day at least, like mon");
  expect(said.get("windows.deliver.0.from")).toContain("must be a time of day like 22:00");
  expect(said.get("options")).toBe("must be a JSON object, like {}");
});

test.each([
  ["rules.1.when.jsonPath", "Rule 2, JSON path"],
  ["windows.deliver.0", "Delivery window 1"],
  ["schedules.0.cron", "Schedule 1, times"],
  ["health.ill.2.body", "Sign of illness 3, body"],
  ["limits.perDay", "Daily quota"],
  ["auth.value", "Authentication, value"],
  ["auth.secrets.0", "Authentication, secrets 1"],
])("an error's field has a name: %s", (path, name) => {
  expect(fieldName(path)).toBe(name);
});

test("a field is the same while its value is, wherever it stands", () => {
  expect(isSameAt(base, { ...base, slowMs: 1 }, "limits.perDay")).toBe(true);
  expect(isSameAt(base, { ...base, limits: { ...base.limits, perDay: 3 } }, "limits.perDay")).toBe(false);
  expect(isSameAt(base, base, "rules.3.when.status")).toBe(true);
});
