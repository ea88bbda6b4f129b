// Calls that wait share the next statement; each hears of its own end once.
import { expect, test, vi } from "vitest";
import type { InboundRecord, StoredRecord } from "#db/writes/store-inbound.ts";
import { groupCommit, type Stored, usualLimits } from "#lib/inbound/group-commit.ts";

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
  for (const name of ["a", "b"]) group.add(call(name), 1, ear(name));
  const first = await nth(0);
  expect(first.names).toEqual(["a", "b"]);
  for (const name of ["c", "d", "e"]) group.add(call(name), 1, ear(name));
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

test("a statement takes so many rows, and so many bytes, but always one", async () => {
  const { store, nth } = aStore();
  const group = groupCommit(store, () => false, { ...usualLimits, rowsMax: 3, bytesMax: 10 });
  const sizes = { a: 1, b: 1, c: 1, d: 9, e: 2, f: 50 };
  for (const [name, bytes] of Object.entries(sizes)) group.add(call(name), bytes, () => {});
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
  expect(group.add(call("a"), 1, () => {})).toBe(true);
  const first = await nth(0);
  expect(["b", "c", "d"].map((name) => group.add(call(name), 1, () => {}))).toEqual([true, true, false]);
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
  for (const name of "abxcdefyghijklz") group.add(call(name), 1, ear(name));
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
  for (const name of ["a", "b"]) group.add(call(name), 1, ear(name));
  const first = await nth(0);
  group.add(call("c"), 1, ear("c"));
  first.fail(new Error("connection lost"));
  (await nth(1)).end();
  await group.drained();
  expect(kinds()).toEqual({ a: "not_stored", b: "not_stored", c: "stored" });
});

test("a database that says nothing keeps nobody waiting, and what it says later changes no answer", async () => {
  const { store, nth } = aStore();
  const group = groupCommit(store, () => false, { ...usualLimits, patienceMs: 300 });
  const { ear, kinds } = ears();
  group.add(call("a"), 1, ear("a"));
  const silent = await nth(0);
  group.add(call("b"), 1, ear("b"));
  await group.drained();
  expect(kinds()).toEqual({ a: "not_stored", b: "not_stored" });
  silent.end();
  group.add(call("c"), 1, ear("c"));
  (await nth(1)).end();
  await group.drained();
  expect(kinds()).toEqual({ a: "not_stored", b: "not_stored", c: "stored" });
});
