import { expect, test } from "vitest";
import type { Outgoing } from "#worker/adapters/adapter.ts";
import { anHttpAdapter, aRecord, headersOf, moment, recordId } from "./support.ts";

const url = "https://ats.example/results?client=7";
const build = (record: Outgoing, policy: Record<string, unknown> = {}) =>
  anHttpAdapter("http-json", { url, ...policy }, { proofNames: ["x-api-key"] }).build(record, moment);

test("the payload goes byte for byte, with the contract's headers", () => {
  const payload = '{"score": 12345678901234567890.50, "candidate": 7}';
  const request = build(aRecord({}, { payload }));
  expect(request).toMatchObject({ method: "POST", path: "/results?client=7", body: payload });
  expect(headersOf(request)).toEqual({
    "user-agent": expect.stringMatching(/^Redrive\/\d/),
    "accept-encoding": "identity",
    "content-type": "application/json",
    "idempotency-key": recordId,
    "webhook-id": recordId,
    "webhook-timestamp": "1700000000",
    "x-correlation-id": recordId,
    traceparent: `00-${recordId.replaceAll("-", "")}-${moment.span}-01`,
  });
});

test("a GET has no body and no content type", () => {
  const request = build(aRecord(), { method: "GET" });
  expect(request).toMatchObject({ method: "GET", body: null });
  expect(headersOf(request)["content-type"]).toBeUndefined();
});

test("a record's own headers go along, but for those that are the connection's, the contract's or the auth's", () => {
  const headers = {
    "X-Tenant": "acme",
    Host: "evil",
    "Idempotency-Key": "mine",
    "X-Api-Key": "theirs",
    "Content-Type": "text/plain",
    "x-correlation-id": "theirs",
  };
  const got = headersOf(build(aRecord({}, { headers, correlationId: "c-1" })));
  expect(got).toMatchObject({
    "x-tenant": "acme",
    "idempotency-key": recordId,
    "content-type": "application/json",
    "x-correlation-id": "c-1",
  });
  expect(got.host).toBeUndefined();
  expect(got["x-api-key"]).toBeUndefined();
});

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";

test("a record in a trace stays in it, with this attempt as the newest span", () => {
  const headers = { Traceparent: `00-${trace}-b7ad6b7169203331-00`, tracestate: "vendor=1" };
  expect(headersOf(build(aRecord({}, { headers })))).toMatchObject({
    traceparent: `00-${trace}-${moment.span}-00`,
    tracestate: "vendor=1",
  });
});

test.each([
  "",
  "nonsense",
  `00-${trace}-b7ad6b7169203331`,
  `00-${trace.toUpperCase()}-b7ad6b7169203331-01`,
  `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
  `00-${trace}-${"0".repeat(16)}-01`,
  `ff-${trace}-b7ad6b7169203331-01`,
  `00-${trace}-b7ad6b7169203331-01-more`,
])(
  "a traceparent that is none (%j) gives way to the record's own trace, and its state goes with it",
  (traceparent) => {
    const got = headersOf(build(aRecord({}, { headers: { traceparent, tracestate: "vendor=1" } })));
    expect(got.traceparent).toBe(`00-${recordId.replaceAll("-", "")}-${moment.span}-01`);
    expect(got.tracestate).toBeUndefined();
  },
);

test("a later version of the trace's format is understood", () => {
  const headers = { traceparent: `01-${trace}-b7ad6b7169203331-01-more` };
  expect(headersOf(build(aRecord({}, { headers }))).traceparent).toBe(`00-${trace}-${moment.span}-01`);
});

test("it takes no options", () => {
  expect(() => anHttpAdapter("http-json", { url, options: { colour: "red" } })).toThrow(/options.*colour/);
});
