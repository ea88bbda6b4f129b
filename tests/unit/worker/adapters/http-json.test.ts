import { expect, test } from "vitest";
import { BadPayload, type Outgoing } from "#worker/adapters/adapter.ts";
import { anHttpAdapter, aRecord, headersOf, moment, recordId } from "./support.ts";

const url = "https://ats.example/results?client=7";
const build = (record: Outgoing, policy: Record<string, unknown> = {}) =>
  anHttpAdapter("http-json", { url, ...policy }, { proofNames: ["x-api-key"] }).build(record, moment);

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const continued = `00-${trace}-b7ad6b7169203331-00`;

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

test.each<[string, Record<string, unknown>, string]>([
  ["a name with a space", { "X Tenant": "acme" }, "\"X Tenant\" can't be a header's name"],
  ["no name", { "": "acme" }, "\"\" can't be a header's name"],
  ["a name of two lines", { "X-A\r\nX-B": "1" }, "can't be a header's name"],
  ["a line break", { "X-Tenant": "acme\r\nX-Evil: 1" }, '"X-Tenant" has a character that HTTP can\'t carry'],
  ["a control character", { "X-Tenant": "a\u0007" }, '"X-Tenant" has a character'],
  ["a letter beyond Latin-1", { "X-Tenant": "Łódź" }, '"X-Tenant" has a character'],
  ["a number", { "X-Tenant": 7 }, '"X-Tenant" must be a text'],
  ["an object", { "X-Tenant": { a: 1 } }, '"X-Tenant" must be a text'],
  ["a trace's state of two lines", { traceparent: continued, tracestate: "a=1\nb=2" }, '"tracestate" has'],
])("a header of its own that HTTP can't carry (%s) is the record's fault, by name", (_, headers, words) => {
  const record = aRecord({}, { headers: headers as Record<string, string> });
  expect(() => build(record)).toThrow(BadPayload);
  expect(() => build(record)).toThrow(words);
});

test("a header that is not sent at all may hold what it likes", () => {
  const headers = { Host: "Łódź", "X-Api-Key": "\n", "webhook-signature": "v1,theirs", traceparent: "Łódź" };
  const got = headersOf(build(aRecord({}, { headers })));
  expect(got["webhook-signature"]).toBeUndefined();
  expect(got["x-api-key"]).toBeUndefined();
});

test("Latin-1 and tabs go as they are", () => {
  const headers = { "X-City": "Köln\tSüd" };
  expect(headersOf(build(aRecord({}, { headers })))["x-city"]).toBe("Köln\tSüd");
});

test.each([
  ["order 7/ü 100%", "order 7/ü 100%"],
  ["Łódź\n7%", "%C5%81ód%C5%BA%0A7%"],
  ["🚚", "%F0%9F%9A%9A"],
  ["\ud800", "%EF%BF%BD"],
])("a correlation id is percent-encoded only where HTTP can't carry it: %j", (correlationId, sent) => {
  expect(headersOf(build(aRecord({}, { correlationId })))["x-correlation-id"]).toBe(sent);
});

test("a record in a trace stays in it, with this attempt as the newest span", () => {
  const headers = { Traceparent: continued, tracestate: "vendor=1" };
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
