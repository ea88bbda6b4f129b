import { describe, expect, test } from "vitest";
import { errorCodeIn, fingerprint, normalizeMessage } from "#lib/core/fingerprint.ts";

const aFailure = {
  provider: "ats",
  type: "result",
  category: "client_data",
  status: 422,
  code: null,
  message: "city is invalid",
};

describe("a message", () => {
  test.each([
    ["Order 12345 not found", "order {n} not found"],
    ["record 0190a1b2-7c3d-7e4f-8a5b-0c1d2e3f4a5b is locked", "record {id} is locked"],
    ["customer cus_9s6XKzkNRiz8i3 unknown", "customer {id} unknown"],
    ["Invoice INV-2041 is closed", "invoice {id} is closed"],
    ["value 'Rue de la Paix' is too long", "value {value} is too long"],
    ['"Anna" isn\'t known, "Bert" isn\'t either', "{value} isn't known, {value} isn't either"],
    ["since 2026-03-01T12:00:00.123Z", "since {date}"],
    ["on 01.03.2026 at 12:30", "on {date} at {time}"],
    ["no mailbox anna.b@example.com", "no mailbox {email}"],
    ["see https://x.example/errors/17?a=b for more", "see {url} for more"],
    ["amount -12.50 exceeds 1,000.00", "amount {n} exceeds {n}"],
    ["commit deadbeef01 unknown", "commit {id} unknown"],
    ["postal_code is\n  invalid", "postal_code is invalid"],
  ])("%j is stripped of what varies", (message, normal) => {
    expect(normalizeMessage(message)).toBe(normal);
  });
});

describe("a fingerprint", () => {
  test("is sixteen hex digits, the same for the same trouble", () => {
    const one = fingerprint({ ...aFailure, message: "Order 17 not found" });
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprint({ ...aFailure, message: "order 99 not found" })).toBe(one);
  });

  test("tells apart what differs in provider, type, category, status, code or words", () => {
    const all = [
      aFailure,
      { ...aFailure, provider: "sms" },
      { ...aFailure, type: null },
      { ...aFailure, category: "technical" },
      { ...aFailure, status: 400 },
      { ...aFailure, code: "E1001" },
      { ...aFailure, code: "E1002" },
      { ...aFailure, message: "city is missing" },
      { ...aFailure, provider: "at", type: "sresult" },
    ];
    expect(new Set(all.map(fingerprint)).size).toBe(all.length);
  });
});

test.each([
  ['{"code": "E1001", "message": "no such article"}', "E1001"],
  ['{"error": {"code": 4711, "message": "no"}, "code": "outer"}', "4711"],
  ['{"error_code": "postal_code.invalid"}', "postal_code.invalid"],
  ['{"error": "invalid_grant"}', "invalid_grant"],
  ['{"error": "The article is unknown"}', null],
  ['{"code": "3fa85f64-5717-4562-b3fc-2c963f66afa6"}', null],
  ['{"code": "afa85f64-5717-4562-b3fc-2c963f66afa6"}', null],
  ['{"code": {"a": 1}}', null],
  ["[1, 2]", null],
  ["<html>", null],
])("the provider's code in %s is %s", (body, code) => {
  expect(errorCodeIn(body)).toBe(code);
});
