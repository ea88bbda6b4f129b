import { expect, test } from "vitest";
import { BadPayload } from "#worker/adapters/adapter.ts";
import { anHttpAdapter, aRecord, aReply, headersOf, moment } from "./support.ts";

const policy = {
  url: "https://tax.example/ws?wsdl",
  options: {
    action: "urn:tax/Submit",
    element: "Submit",
    namespace: "urn:tax&co",
    confirm: { action: "urn:tax/Status", element: "Status", ticket: "TicketId" },
  },
};
const soap = anHttpAdapter("soap", policy);
const build = (payload: unknown) => soap.build(aRecord(payload), moment);
/** What stands in the request's operation. */
const inside = (payload: unknown) =>
  build(payload).body?.match(/<Submit[^>]*?(?:\/>|>(.*)<\/Submit>)/s)?.[1] ?? "";

const envelope = (body: string) =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
const fault = (code: string, text: string) =>
  envelope(`<s:Fault><faultcode>${code}</faultcode><faultstring>${text}</faultstring></s:Fault>`);

test("a payload becomes an operation in an envelope", () => {
  const request = build({ candidate: 7, tags: ["a", "b"], address: { city: "Köln", line2: null }, ok: true });
  expect(request).toMatchObject({ method: "POST", path: "/ws?wsdl" });
  expect(request.body).toBe(
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
      '<Submit xmlns="urn:tax&amp;co"><candidate>7</candidate><tags>a</tags><tags>b</tags>' +
      "<address><city>Köln</city><line2/></address><ok>true</ok></Submit></soap:Body></soap:Envelope>",
  );
  expect(headersOf(request)).toMatchObject({
    "content-type": "text/xml; charset=utf-8",
    soapaction: '"urn:tax/Submit"',
    "idempotency-key": aRecord().id,
  });
});

test("amounts and long numbers keep every digit", () => {
  const payload = '{"amount": 10.50, "id": 12345678901234567890}';
  expect(soap.build(aRecord({}, { payload }), moment).body).toContain(
    "<amount>10.50</amount><id>12345678901234567890</id>",
  );
});

test("a text stays a text, whatever markup it holds", () => {
  expect(inside({ name: '</name></Submit><Admin>1</Admin> & "quotes" ]]> \r\n' })).toBe(
    "<name>&lt;/name&gt;&lt;/Submit&gt;&lt;Admin&gt;1&lt;/Admin&gt; &amp; &quot;quotes&quot; ]]&gt; &#13;\n</name>",
  );
});

test.each([
  [{ "a><b": 1 }, "a><b: can't be the name of an XML element"],
  [{ "a b=": 1 }, "a b=: can't be the name of an XML element"],
  [{ "x:y": 1 }, "x:y: can't be the name of an XML element"],
  [{ "": 1 }, ": can't be the name of an XML element"],
  [{ a: [[1]] }, "a: a list in a list has no form in XML"],
  [{ a: "\u000b" }, "a: holds a character that XML can't carry"],
  [{ a: "\ud800" }, "a: holds a character that XML can't carry"],
  [[1], "the payload must be a JSON object"],
  [7, "the payload must be a JSON object"],
])("%j has no form in XML: %s", (payload, message) => {
  expect(() => build(payload)).toThrow(new BadPayload(message));
});

test.each([100, 5_000, 100_000])(
  "a payload that is nested %i levels deep is the record's fault",
  (levels) => {
    const payload = `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    expect(() => soap.build(aRecord({}, { payload }), moment)).toThrow(BadPayload);
  },
);

test.each([
  [500, "s:Client", "invalid"],
  [500, "Client.Validation", "invalid"],
  [200, "soap:Client", "invalid"],
  [500, "s:Server", "unavailable"],
  [500, "Server.Database", "unavailable"],
  [500, "s:VersionMismatch", "unexpected"],
  [500, "", "unexpected"],
])("a fault with status %i and the code %j is %s", (status, code, outcome) => {
  expect(
    soap.read?.(aReply(status, fault(code, "the tax id isn&#39;t valid &amp; known")), aRecord()),
  ).toEqual({
    outcome,
    error: `${status}: the tax id isn't valid & known`,
  });
});

test("a fault of SOAP 1.2 is read, too", () => {
  const body = envelope(
    '<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang="en">no such candidate</s:Text></s:Reason></s:Fault>',
  );
  expect(soap.read?.(aReply(400, body), aRecord())).toEqual({
    outcome: "invalid",
    error: "400: no such candidate",
  });
});

test.each([
  [200, envelope("<SubmitResponse/>")],
  [200, envelope("")],
  [202, ""],
  [500, "<html>bad gateway</html>"],
  [503, ""],
])("%i %j is left to the usual rules", (status, body) => {
  expect(soap.read?.(aReply(status, body), aRecord())).toEqual({});
});

test.each([
  "<html><body>Welcome</body></html>",
  "{}",
  envelope("<Ok/>").replace("</s:Body></s:Envelope>", ""),
  envelope("<Ok/>").replace("?>", '?><!DOCTYPE x [<!ENTITY a "aaaa">]>'),
])("200 with %j is no answer", (body) => {
  expect(soap.read?.(aReply(200, body), aRecord())?.outcome).toBe("unexpected");
});

test("an answer with a ticket is followed by one question, and no more", () => {
  const ticket = aReply(200, envelope("<SubmitResponse><TicketId>T&amp;1</TicketId></SubmitResponse>"));
  const status = soap.next?.(ticket, aRecord(), 1, moment);
  expect(status?.body).toContain('<Status xmlns="urn:tax&amp;co"><TicketId>T&amp;1</TicketId></Status>');
  expect(headersOf(status ?? build({}))).toMatchObject({ soapaction: '"urn:tax/Status"' });
  expect(soap.next?.(ticket, aRecord(), 2, moment)).toBeNull();
  expect(soap.next?.(aReply(200, envelope("<SubmitResponse/>")), aRecord(), 1, moment)).toBeNull();
  expect(soap.next?.(aReply(202, ""), aRecord(), 1, moment)).toBeNull();
});

test("an action can't leave its header", () => {
  const options = { ...policy.options, action: 'a"\r\nx-evil: 1' };
  expect(() => anHttpAdapter("soap", { ...policy, options })).toThrow(/^options\.action: /);
});
