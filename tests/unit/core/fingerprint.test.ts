import { describe, expect, test } from "vitest";
import { fingerprint, normalizeMessage } from "#lib/core/fingerprint.ts";

const aFailure = {
  provider: "ats",
  type: "result",
  category: "client_data",
  status: 422,
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

  test("tells apart what differs in provider, type, category, status or words", () => {
    const all = [
      aFailure,
      { ...aFailure, provider: "sms" },
      { ...aFailure, type: null },
      { ...aFailure, category: "technical" },
      { ...aFailure, status: 400 },
      { ...aFailure, message: "city is missing" },
      { ...aFailure, provider: "at", type: "sresult" },
    ];
    expect(new Set(all.map(fingerprint)).size).toBe(all.length);
  });
});
