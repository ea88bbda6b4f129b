import { expect, test } from "vitest";
import { statementsOf } from "#db/writes/enqueue-records.ts";

const mebibyte = 1_048_576;
/** How many rows each statement has. */
const counts = (statements: Iterable<string>) =>
  Array.from(statements, (rows) => (JSON.parse(rows) as unknown[]).length);
const many = (count: number, payload: string | number) => Array.from({ length: count }, () => ({ payload }));

test("small records go a thousand a statement, in their order", () => {
  const records = Array.from({ length: 2_001 }, (_, n) => ({ payload: { n }, dedupeKey: `key-${n}` }));
  const statements = [...statementsOf(records)];
  expect(counts(statements)).toEqual([1_000, 1_000, 1]);
  expect(statements.flatMap((rows) => JSON.parse(rows))).toEqual(
    records.map(({ payload, dedupeKey }) => ({ payload, dedupe_key: dedupeKey })),
  );
});

test("large ones go as many as fit into 8 MiB of JSON, counted in bytes", () => {
  expect(counts(statementsOf(many(20, "x".repeat(mebibyte - 100))))).toEqual([8, 8, 4]);
  expect(counts(statementsOf(many(20, "ü".repeat(mebibyte / 2 - 100))))).toEqual([8, 8, 4]);
  for (const rows of statementsOf(many(20, "x".repeat(mebibyte - 100))))
    expect(Buffer.byteLength(rows)).toBeLessThanOrEqual(8 * mebibyte);
});

test("one that is larger than that goes alone, and no records make no statement", () => {
  const records = [...many(1, 1), ...many(1, "x".repeat(9 * mebibyte)), ...many(2, 1)];
  expect(counts(statementsOf(records))).toEqual([1, 1, 2]);
  expect(counts(statementsOf([]))).toEqual([]);
});
