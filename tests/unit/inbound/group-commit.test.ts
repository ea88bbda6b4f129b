// Calls that wait share the next statement; each hears of its own end once.
import { expect, test, vi } from "vitest";
import type { InboundRecord, StoredRecord } from "#db/writes/store-inbound.ts";
import { type GroupCommit, groupCommit, type Stored, usualLimits } from "#lib/inbound/group-commit.ts";

const call = (name: string): InboundRecord => ({
  provider: "crm",
  payloadText: JSON.stringify(name),
  idempotencyKey: name,
  correlationId: null,
  type: null,
  subject: null,
  owner: null,
  orderingKey: null,
});
/** Has a call stored, of a source that is named by what stands before the colon of its name. */
const add = (
  group: GroupCommit,
  name: string,
  { bytes = 1, done = () => {}, over = () => {} }: Partial<Parameters<GroupCommit["add"]>[0]> = {},
): boolean => group.add({ record: call(name), bytes, source: name.split(":")[0] ?? "", done, over });
const nameOf = ({ idempotencyKey }: InboundRecord): string => idempotencyKey ?? "";
const asStored = (records: readonly InboundRecord[]): StoredRecord[] =>
  records.map((record) => ({ id: `id-${nameOf(record)}`, duplicate: false }));

class Bad extends Error {}

/** A database whose statements end when the test says so. */
function aStore() {
  const statements: { names: string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const store = (records: readonly InboundRecord[]) =>
    new Promise<StoredRecord[]>((done, fail) => {
      statements.push({ names: records.map(nameOf), end: () => done(asStored(records)), fail });
    });
  return {
    statements,
    store,
    nth: (nth: number) => vi.waitFor(() => statements[nth] ?? expect.fail("none yet"), { interval: 5 }),
  };
}

/** What each call heard, by its name. */
function ears() {
  const heard = new Map<string, Stored[]>();
  return {
    heard,
    ear: (name: string) => (stored: Stored) => heard.set(name, [...(heard.get(name) ?? []), stored]),
    kinds: () =>
      Object.fromEntries([...heard].map(([name, all]) => [name, all.map(({ kind }) => kind).join(" ")])),
  };
}

test("what arrives while a statement runs goes into the next, in order, and nobody is answered before its commit", async () => {
  const { statements, store, nth } = aStore();
  const group = groupCommit(store, () => false);
  const { ear, heard, kinds } = ears();
  for (const name of ["a", "b"]) add(group, name, { done: ear(name) });
  const first = await nth(0);
  expect(first.names).toEqual(["a", "b"]);
  for (const name of ["c", "d", "e"]) add(group, name, { done: ear(name) });
  expect(statements).toHaveLength(1);
  expect(heard.size).toBe(0);

  first.end();
  const second = await nth(1);
  expect(second.names).toEqual(["c", "d", "e"]);
  expect(kinds()).toEqual({ a: "stored", b: "stored" });
  second.end();
  await group.drained();
  expect(kinds()).toEqual({ a: "stored", b: "stored", c: "stored", d: "stored", e: "stored" });
  expect(heard.get("d")).toEqual([{ kind: "stored", id: "id-d", duplicate: false }]);
});

test("the next statement is under way before anybody hears of the last one's end", async () => {
  const { statements, store, nth } = aStore();
  const group = groupCommit(store, () => false);
  const underWay: number[] = [];
  add(group, "a", { done: () => underWay.push(statements.length) });
  const first = await nth(0);
  add(group, "b");
  first.end();
  (await nth(1)).end();
  await group.drained();
  expect(underWay).toEqual([2]);
});

test("a statement takes so many rows, and so many bytes, but always one", async () => {
  const { store, nth } = aStore();
  const group = groupCommit(store, () => false, { ...usualLimits, rowsMax: 3, bytesMax: 10 });
  const sizes = { a: 1, b: 1, c: 1, d: 9, e: 2, f: 50 };
  for (const [name, bytes] of Object.entries(sizes)) add(group, name, { bytes });
  const taken: string[] = [];
  for (let at = 0; at < 4; at++) {
    const statement = await nth(at);
    taken.push(statement.names.join(""));
    statement.end();
  }
  expect(taken).toEqual(["abc", "d", "e", "f"]);
});

test("too many that wait are turned away, and hear nothing more", async () => {
  const { store, nth } = aStore();
  const group = groupCommit(store, () => false, { ...usualLimits, waitingMax: 2 });
  expect(add(group, "a")).toBe(true);
  const first = await nth(0);
  expect(["b", "c", "d"].map((name) => add(group, name))).toEqual([true, true, false]);
  first.end();
  (await nth(1)).end();
  await group.drained();
  expect(group.waiting()).toBe(0);
});

test("of a group with bad rows every good one is stored, and each bad one is refused", async () => {
  const tries: string[] = [];
  const group = groupCommit(
    async (records) => {
      const names = records.map(nameOf).join("");
      tries.push(names);
      if (/[xyz]/.test(names)) throw new Bad(names);
      return asStored(records);
    },
    (error) => error instanceof Bad,
  );
  const { ear, kinds } = ears();
  for (const name of "abxcdefyghijklz") add(group, name, { done: ear(name) });
  await group.drained();
  const wrong = Object.entries(kinds()).filter(
    ([name, kind]) => kind !== (/[xyz]/.test(name) ? "refused" : "stored"),
  );
  expect(wrong).toEqual([]);
  expect(Object.keys(kinds())).toHaveLength(15);
});

test("when the database fails, nobody is told that it was stored, and the next group is tried anew", async () => {
  const { store, nth } = aStore();
  const group = groupCommit(store, () => false);
  const { ear, kinds } = ears();
  for (const name of ["a", "b"]) add(group, name, { done: ear(name) });
  const first = await nth(0);
  add(group, "c", { done: ear("c") });
  first.fail(new Error("connection lost"));
  (await nth(1)).end();
  await group.drained();
  expect(kinds()).toEqual({ a: "not_stored", b: "not_stored", c: "stored" });
});

test("a database that says nothing keeps nobody waiting, and what it says later changes no answer", async () => {
  const { store, nth } = aStore();
  const group = groupCommit(store, () => false, { ...usualLimits, patienceMs: 300 });
  const { ear, kinds } = ears();
  add(group, "a", { done: ear("a") });
  const silent = await nth(0);
  add(group, "b", { done: ear("b") });
  await group.drained();
  expect(kinds()).toEqual({ a: "not_stored", b: "not_stored" });
  silent.end();
  add(group, "c", { done: ear("c") });
  (await nth(1)).end();
  await group.drained();
  expect(kinds()).toEqual({ a: "not_stored", b: "not_stored", c: "stored" });
});

const isBad = (error: unknown) => error instanceof Bad;

test("a source whose rows are refused holds up nobody else: its calls are stored apart, the others' meanwhile", async () => {
  const { statements, store, nth } = aStore();
  const group = groupCommit(store, isBad, { ...usualLimits, worthwhile: 2 });
  const { ear, kinds } = ears();
  for (const name of ["good:1", "bad:1", "bad:2", "good:2"]) add(group, name, { done: ear(name) });
  (await nth(0)).fail(new Bad());
  // By source, and what is new goes on beside it.
  const good = await nth(1);
  add(group, "new:1", { done: ear("new:1") });
  add(group, "new:2", { done: ear("new:2") });
  const fresh = await nth(2);
  expect([good.names, fresh.names]).toEqual([
    ["good:1", "good:2"],
    ["new:1", "new:2"],
  ]);
  fresh.end();
  good.end();
  const bad = await nth(3);
  expect(bad.names).toEqual(["bad:1", "bad:2"]);
  bad.fail(new Bad());
  const half = await nth(4);
  expect(half.names).toEqual(["bad:1"]);
  half.fail(new Bad());
  (await nth(5)).end();
  await group.drained();
  expect(kinds()).toEqual({
    "good:1": "stored",
    "good:2": "stored",
    "new:1": "stored",
    "new:2": "stored",
    "bad:1": "refused",
    "bad:2": "stored",
  });

  // From now on its calls are in no statement of others.
  for (const name of ["bad:3", "good:3"]) add(group, name, { done: ear(name) });
  await nth(6);
  for (const statement of statements.slice(6)) statement.end();
  (await nth(7)).end();
  expect(statements.slice(6).map(({ names }) => names)).toEqual([["bad:3"], ["good:3"]]);
  await group.drained();
});

test("while others wait, what is apart has one statement of four", async () => {
  const tries: string[] = [];
  const group = groupCommit(
    async (records) => {
      tries.push(records.map(nameOf).join(" "));
      if (records.some((record) => nameOf(record).startsWith("bad"))) throw new Bad();
      return asStored(records);
    },
    isBad,
    { ...usualLimits, statementsMax: 1, rowsMax: 4 },
  );
  for (let at = 0; at < 8; at++) add(group, `bad:${at}`);
  for (let at = 0; at < 40; at++) add(group, `good:${at}`);
  await group.drained();
  const lastGood = tries.findLastIndex((names) => names.includes("good"));
  const before = tries.slice(2, lastGood + 1);
  const ofBad = before.filter((names) => names.includes("bad"));
  expect(ofBad.length).toBeGreaterThan(0);
  expect(ofBad.length / before.length).toBeLessThanOrEqual(0.34);
});

test("a source of bad rows is turned away when too many of them wait, and others are not", async () => {
  const { store, nth } = aStore();
  const group = groupCommit(store, isBad, { ...usualLimits, apartMax: 2 });
  add(group, "bad:1");
  (await nth(0)).fail(new Bad());
  await group.drained();
  add(group, "good:1");
  await nth(1);
  const isIn = ["bad:2", "bad:3", "bad:4", "bad:5", "good:2"].map((name) => add(group, name));
  expect(isIn).toEqual([true, true, false, false, true]);
});

test("what is halved for longer than anyone waits is told to come again, and is not stored after that", async () => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
  try {
    const tries: string[] = [];
    const group = groupCommit(
      async (records) => {
        const names = records.map(nameOf).join("");
        tries.push(names);
        vi.advanceTimersByTime(40);
        if (/x/.test(names)) throw new Bad(names);
        return asStored(records);
      },
      isBad,
      { ...usualLimits, patienceMs: 100 },
    );
    const { ear, kinds } = ears();
    const over: string[] = [];
    for (const name of "xabcdefg")
      group.add({
        record: call(name),
        bytes: 1,
        source: "one",
        done: ear(name),
        over: () => over.push(name),
      });
    await group.drained();
    expect(tries).toEqual(["xabcdefg", "xabc", "xa"]);
    expect(new Set(Object.values(kinds()))).toEqual(new Set(["not_stored"]));
    expect(over.toSorted().join("")).toBe("abcdefgx");
  } finally {
    vi.useRealTimers();
  }
});

test("a call is over when no statement holds it any more, though its sender was told before", async () => {
  const { store, nth } = aStore();
  const group = groupCommit(store, () => false, { ...usualLimits, patienceMs: 100 });
  const { ear, kinds } = ears();
  const over: string[] = [];
  add(group, "a", { done: ear("a"), over: () => over.push("a") });
  const silent = await nth(0);
  add(group, "b", { done: ear("b"), over: () => over.push("b") });
  await group.drained();
  expect(kinds()).toEqual({ a: "not_stored", b: "not_stored" });
  expect(over).toEqual(["b"]);
  silent.end();
  await vi.waitFor(() => expect(over).toEqual(["b", "a"]));
});
