// A value that does not fit is answered with what it must be, not with the checker's own words.
import { expect, test } from "vitest";
import { z } from "zod";
import { fieldWords } from "#lib/contract/field-words.ts";
import { CreateKey } from "#lib/contract/key.ts";
import { PatchProvider } from "#lib/contract/policy.ts";

const said = (shape: z.ZodType, value: unknown) =>
  shape.safeParse(value, { error: fieldWords }).error?.issues.map(({ message }) => message);

test.each([
  [z.string(), 7, "must be a text"],
  [z.string(), undefined, "is missing; it must be a text"],
  [z.int(), 1.5, "must be a whole number"],
  [z.int().max(3), 4, "must be at most 3"],
  [z.number().gt(3), 3, "must be more than 3"],
  [z.boolean(), "yes", "must be true or false"],
  [z.strictObject({}), [], "must be an object"],
  [z.array(z.string()).max(2), ["a", "b", "c"], "must hold at most 2"],
  [z.string().min(1), "", "must have at least 1 character"],
  [z.string().max(2), "abc", "must have at most 2 characters"],
  [z.enum(["read", "operate"]), "all", "must be one of read, operate"],
  [z.literal("v1"), "v2", "must be v1"],
  [z.guid(), "7", "must be an id, like 01a1fe75-4c6f-7a82-89a2-893207ccfcb2"],
  [z.iso.datetime(), "soon", "must be a time with its zone, like 2026-11-21T14:00:00Z"],
  [z.email(), "ada", "must be an e-mail address, like ada@example.org"],
  [z.string().min(3, "must say why"), "", "must say why"],
] as const)("%# %j: %j is answered: %s", (shape, value, words) => {
  expect(said(shape, value)).toEqual([words]);
});

test("of shapes of the API too", () => {
  const key = { name: "robot", scopes: ["everything"], expiresAt: "yesterday" };
  expect(said(CreateKey, key)).toEqual([
    "must be one of enqueue, read, operate, admin",
    "must be a time with its zone, like 2026-11-21T14:00:00Z",
  ]);
  expect(said(PatchProvider, { timeoutMs: -1 })).toEqual(["must be an object"]);
});
