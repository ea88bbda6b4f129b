// What a body may be, and what of it becomes a record's columns.
import { describe, expect, test } from "vitest";
import { formOf, readInboundBody } from "#lib/core/inbound/body.ts";
import { type InboundMapping, usualMapping } from "#lib/core/inbound/kinds.ts";
import { type InboundColumns, keyOf, mapped } from "#lib/core/inbound/mapping.ts";

describe("a content type", () => {
  test.each([
    ["application/json", "json"],
    ["Application/JSON; charset=UTF-8", "json"],
    ['application/json;charset="utf-8"', "json"],
    ["application/cloudevents+json", "json"],
    ["application/x-www-form-urlencoded", "form"],
    ["application/json; charset=utf-16", null],
    ["text/plain", null],
    ["application/jsonx", null],
    ["", null],
    [null, null],
  ])("%s is %s", (type, form) => {
    expect(formOf(type)).toBe(form);
  });
});

describe("a body", () => {
  const read = (text: string | Buffer, form: "json" | "form" = "json") =>
    readInboundBody(Buffer.from(text), form);
  test("is its own text, beside its value", () => {
    expect(read('{"n": 1.50}')).toEqual({ text: '{"n": 1.50}', value: { n: 1.5 } });
    expect(read("payload=%7B%22a%22%3A1%7D", "form")).toEqual({ text: '{"a":1}', value: { a: 1 } });
  });
  test.each([
    ["", /empty/],
    [" null\n", /says nothing/],
    ["{", /not valid JSON/],
    ["\ufeff{}", /not valid JSON/],
    ["<xml/>", /not valid JSON/],
    [Buffer.from([0x22, 0xff, 0x22]), /UTF-8/],
    [`${"[".repeat(201)}${"]".repeat(201)}`, /200 levels/],
    [`${'{"a":['.repeat(101)}${"]}".repeat(101)}`, /200 levels/],
    ["[".repeat(1_000_000), /200 levels/],
  ])("is refused with words that do not quote it (%#)", (text, words) => {
    expect(read(text)).toEqual({ problem: expect.stringMatching(words) });
  });
  test("may have many brackets, as long as they are not within each other, and any in its texts", () => {
    for (const text of [
      `[${"[],".repeat(500)}{}]`,
      JSON.stringify("[{".repeat(500)),
      `${"[".repeat(200)}${"]".repeat(200)}`,
    ])
      expect(read(text)).toMatchObject({ text });
  });
  test("of a form must have one payload", () => {
    for (const form of ["a=1", "payload=1&payload=2"]) {
      expect(read(form, "form")).toEqual({ problem: expect.stringMatching(/payload, once/) });
    }
  });
});

describe("a mapping", () => {
  const none: InboundMapping = { id: null, type: null, subject: null, owner: null, orderingKey: null };
  const map = (mapping: Partial<InboundMapping>, text: string, headers: string[] = []) =>
    mapped({ ...none, ...mapping }, headers, { text, value: JSON.parse(text) });
  const columns = (...given: Parameters<typeof map>): InboundColumns => {
    const found = map(...given);
    if ("problem" in found) throw new Error(found.problem);
    return found;
  };

  test("takes values by path, and from headers", () => {
    const text = '{"id":"evt_1","data":{"customer":7,"live":true}}';
    const mapping = { id: "$.id", owner: "$.data.customer", subject: "$.data.live", type: "header:X-Topic" };
    expect(columns(mapping, text, ["x-topic", "orders/create"])).toEqual({
      senderId: "evt_1",
      owner: "7",
      subject: "true",
      type: "orders/create",
      orderingKey: null,
    });
  });

  test("keeps every digit of a number: ids that JavaScript rounds to one are two", () => {
    const of = (digits: string) => columns({ id: "$.id" }, `{"id":${digits}}`).senderId;
    expect(of("12345678901234567890")).toBe("12345678901234567890");
    expect(of("12345678901234567891")).toBe("12345678901234567891");
    expect(of("1.5")).toBe("1.5");
  });

  test("finds nothing in what is missing, empty, or no plain value", () => {
    for (const text of ["{}", '{"id":""}', '{"id":null}', '{"id":{}}', '{"id":[1]}', "[]", "7"]) {
      expect(columns({ id: "$.id" }, text).senderId, text).toBeNull();
    }
  });

  test("refuses a call whose header with the event's name is there twice: it would be a new event each time", () => {
    const problem = "The header X-Id, which names the event, is there more than once; send it once.";
    for (const second of ["b", "a", ""]) {
      expect(map({ id: "header:X-Id" }, "{}", ["X-Id", "a", "x-id", second])).toEqual({ problem });
    }
    expect(columns({ type: "header:X-Topic" }, "{}", ["X-Topic", "a", "X-Topic", "b"]).type).toBeNull();
  });

  test("shortens what people read, never what names somebody or something", () => {
    const long = "x".repeat(300);
    const all = columns(
      { subject: "$.v", type: "$.v", owner: "$.v", orderingKey: "$.v" },
      JSON.stringify({ v: long }),
    );
    expect(all.subject).toHaveLength(200);
    expect(all.type).toHaveLength(200);
    expect(all.owner).toBeNull();
    expect(all.orderingKey).toMatch(/^sha256:[\w-]{43}$/);
    expect(keyOf(`${long}a`, 120)).not.toBe(keyOf(`${long}b`, 120));
    expect(keyOf("short", 120)).toBe("short");
  });

  test("a type of Redrive's own is none", () => {
    const type = (text: string) => columns({ type: "$.type" }, `{"type":"${text}"}`).type;
    expect([type("redrive.canary"), type("redrive.message"), type("redriven")]).toEqual([
      null,
      null,
      "redriven",
    ]);
  });

  test("is known for each vendor", () => {
    expect(mapped(usualMapping.stripe, [], { text: "", value: { id: "evt_1", type: "a.b" } })).toMatchObject({
      senderId: "evt_1",
      type: "a.b",
    });
    const headers = ["X-GitHub-Delivery", "72d3162e", "X-GitHub-Event", "push"];
    expect(mapped(usualMapping.github, headers, { text: "{}", value: {} })).toMatchObject({
      senderId: "72d3162e",
      type: "push",
    });
  });
});
