import { expect, test } from "vitest";
import { editFault, ruleWords } from "#lib/client/edit-rules.ts";

const free = { allowed: [], locked: ["/id"], isFree: true };
const bound = { allowed: ["/address"], locked: ["/id"], isFree: false };
const before = '{"id": 12345678901234567890, "address": {"postal_code": "SW1A"}, "total": 3}';
const with_ = (from: string, to: string) => before.replace(from, to);

test("where it breaks is said by line and column", () => {
  expect(editFault(before, '{\n  "id": 1,\n}', free)).toEqual({
    sentence: "Line 2, column 10: The comma before } is one too many.",
    isBroken: true,
  });
});

test("what is allowed goes on, and what is not is named", () => {
  expect(editFault(before, with_("SW1A", "12345"), bound)).toBeNull();
  expect(editFault(before, with_("3}", "4}"), free)).toBeNull();
  expect(editFault(before, with_("3}", "4}"), bound)?.sentence).toBe(
    "/total must stay as it was: your role may change only /address.",
  );
});

test("what is locked stays, to the last digit", () => {
  expect(editFault(before, with_("567890,", "567891,"), free)?.sentence).toBe(
    "/id must stay as it was: the provider's policy locks it.",
  );
});

test("nothing changed is nothing to send, however it is laid out", () => {
  expect(editFault(before, before.replaceAll(" ", ""), free)?.sentence).toMatch(/^Nothing is changed/);
  expect(editFault('{"a": 1.5}', '{"a": 1.50}', free)?.sentence).toMatch(/^Only its layout/);
});

test("too much is said before it is sent", () => {
  expect(editFault("1", JSON.stringify("x".repeat(1_048_576)), free)?.sentence).toMatch(/larger than 1 MiB/);
});

test("what may be changed is said in words", () => {
  expect(ruleWords(free)).toBe(
    "You may change the whole payload. /id is locked: nobody changes that here. Its id, its owner and its keys stay as they are.",
  );
  expect(ruleWords(bound)).toMatch(/^You may change \/address, and nothing else\./);
  expect(ruleWords({ ...bound, allowed: [] })).toMatch(/lets your role change nothing/);
});
