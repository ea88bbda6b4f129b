// What we say can be stored, Postgres stores: its jsonb takes whatever is let through, and little else is held back.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PostgresError } from "#db/client.ts";
import { unstorable } from "#lib/core/storable.ts";
import { aDatabase, type TestDatabase } from "#tests/support/database.ts";

let base: TestDatabase;
beforeAll(async () => {
  base = await aDatabase();
});
afterAll(() => base[Symbol.asyncDispose]());

/** Whether Postgres takes it as jsonb, and how long it is there. */
async function bytesStored(json: string): Promise<number | null> {
  try {
    const [row] = await base.sql<
      { bytes: number }[]
    >`select octet_length((${json}::text::jsonb)::text) as bytes`;
    return row?.bytes ?? null;
  } catch (error) {
    if (error instanceof PostgresError && /^(22|54)/.test(error.code)) return null;
    throw error;
  }
}

const digits = (max: number) => fc.nat({ max }).map((many) => "7".repeat(many + 1));
const number = fc
  .record({
    sign: fc.constantFrom("", "-"),
    whole: fc.oneof(digits(30), digits(1_100)),
    fraction: fc.option(fc.oneof(digits(30), digits(1_100)), { nil: undefined }),
    exponent: fc.option(
      fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -140_000, max: 140_000 })),
      { nil: undefined },
    ),
  })
  .map(
    ({ sign, whole, fraction, exponent }) =>
      `${sign}${whole}${fraction === undefined ? "" : `.${fraction}`}${exponent === undefined ? "" : `e${exponent}`}`,
  );
const text = fc
  .array(
    fc.constantFrom("a", "\\\\", '\\"', "\\u00e9", "\\u0000", "\\ud83d", "\\ude00", "u0000", "💥", "1e9,"),
    {
      maxLength: 5,
    },
  )
  .map((pieces) => `"${pieces.join("")}"`);
const json = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    number,
    text,
    fc.array(tie("value"), { maxLength: 3 }).map((all) => `[${all.join(" ,")}]`),
    // Of members of one name Postgres keeps the last alone.
    fc
      .uniqueArray(fc.tuple(text, tie("value")), { maxLength: 3, selector: ([name]) => name })
      .map((all) => `{${all.map((two) => two.join(":"))}}`),
  ),
})).value;

test("whatever is let through is stored, at a bounded length, and what is held back is not, or is long", async () => {
  await fc.assert(
    fc.asyncProperty(json, async (json) => {
      const bytes = await bytesStored(json);
      if (unstorable(json) === null) expect(bytes, json).toBeLessThan(1_048_576 + 3 * json.length);
      else if (bytes !== null) expect(bytes, json).toBeGreaterThan(1_000);
    }),
    { numRuns: 300 },
  );
});

test.each([`1e${"9".repeat(20)}`, "1e131072", "1e-16384", `0.${"1".repeat(16_384)}`, "1".repeat(131_073)])(
  "what Postgres refuses is held back (%#)",
  async (json) => {
    expect(await bytesStored(json)).toBeNull();
    expect(unstorable(json)).not.toBeNull();
  },
);
