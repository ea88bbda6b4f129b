import { expect, test } from "vitest";
import { BadPayload } from "#worker/adapters/adapter.ts";
import { anHttpAdapter, aRecord, aReply, headersOf, moment, recordId } from "./support.ts";

const path = (url: string, payload: unknown) =>
  anHttpAdapter("fetch", { url }).build(aRecord(payload), moment).path;

test("the payload's members fill the URL, encoded", () => {
  const url = "https://api.example/v1/{tenant}/records/{customer.id}?lang={customer.language}&all=1";
  expect(path(url, { tenant: "a/b?c#d", customer: { id: 7, language: "de&x=1" } })).toBe(
    "/v1/a%2Fb%3Fc%23d/records/7?lang=de%26x%3D1&all=1",
  );
  expect(path("https://api.example/{record.id}", { record: { id: "other" } })).toBe(`/${recordId}`);
  expect(path("https://api.example/plain", "no object at all")).toBe("/plain");
});

test("an id with more digits than a double holds names the same record", () => {
  const record = aRecord({}, { payload: '{"id": 12345678901234567890}' });
  const { build } = anHttpAdapter("fetch", { url: "https://api.example/{id}" });
  expect(build(record, moment).path).toBe("/12345678901234567890");
});

test("it is a GET without a body, whatever the policy's method", () => {
  const request = anHttpAdapter("fetch", { url: "https://api.example/{id}" }).build(
    aRecord({ id: 7 }),
    moment,
  );
  expect(request).toMatchObject({ method: "GET", body: null });
  expect(headersOf(request)).toMatchObject({ "idempotency-key": recordId });
});

test.each([
  [{}, "id is missing"],
  [{ id: null }, "id is missing"],
  [{ id: "" }, "id is missing"],
  [{ id: { a: 1 } }, "id must be a text or a number"],
  [{ id: ".." }, "a step in the URL's path would be . or .."],
  [{ id: "." }, "a step in the URL's path would be . or .."],
  [[7], "the payload must be a JSON object"],
  ["7", "the payload must be a JSON object"],
])("a payload %j can't be asked for: %s", (payload, message) => {
  expect(() => path("https://api.example/records/{id}", payload)).toThrow(new BadPayload(message));
});

test("what every object has is no member of the payload", () => {
  expect(() => path("https://api.example/{toString}", {})).toThrow("toString is missing");
});

test("a delivery's answer is kept, a refusal's is not", () => {
  const { read } = anHttpAdapter("fetch", { url: "https://api.example/{id}" });
  expect(read?.(aReply(200, { price: 7 }), aRecord())).toEqual({ response: '{"price":7}' });
  expect(read?.(aReply(404, "no such record"), aRecord())).toEqual({});
  expect(read?.({ ...aReply(200, "half of"), truncated: true }, aRecord())).toEqual({});
});

test.each(["https://{tenant}.example/", "https://api.example/{two words}", "https://api.example/{unclosed"])(
  "%s is refused when the adapter is made",
  (url) => {
    expect(() => anHttpAdapter("fetch", { url })).toThrow(/^url: a placeholder/);
  },
);
