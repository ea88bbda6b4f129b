import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Reply } from "#lib/core/reply.ts";
import { type Adapter, BadPayload, type HttpAdapter } from "#worker/adapters/adapter.ts";
import { attemptWith } from "#worker/adapters/guarded.ts";
import type { Request } from "#worker/http/call.ts";
import { anHttpAdapter, aRecord, aReply, moment } from "./support.ts";

const request = (path: string): Request => ({ method: "GET", path, headers: [], body: null });
const { signal } = new AbortController();

/** Runs an adapter against replies in this order, and tells which paths were asked for. */
async function run(adapter: Adapter, ...replies: Reply[]) {
  const asked: string[] = [];
  const attempted = await attemptWith(adapter, aRecord(), {
    ...moment,
    signal,
    send: async ({ path }) => {
      asked.push(path);
      return replies.shift() ?? aReply(200);
    },
  });
  return { attempted, asked };
}

const boom = () => {
  throw new Error("boom");
};
const build = () => request("/1");

describe("a throw", () => {
  const adapters: Record<string, Adapter> = {
    build: { kind: "http", build: boom },
    read: { kind: "http", build, read: boom },
    next: { kind: "http", build, next: boom },
    "deliver, at once": { kind: "direct", deliver: boom },
    "deliver, later": { kind: "direct", deliver: async () => boom() },
    "read of a direct one": { kind: "direct", deliver: async () => aReply(200), read: boom },
  };
  test.each(Object.entries(adapters))("from %s becomes a value with its stack", async (_, adapter) => {
    const { attempted } = await run(adapter);
    expect(attempted).toEqual({
      kind: "adapter_error",
      message: "boom",
      stack: expect.stringContaining("guarded.test.ts"),
    });
  });

  test.each([
    ["a text", "boom", "boom"],
    ["nothing", undefined, "undefined"],
    ["an error without words", new TypeError(), "TypeError"],
    ["what can't be a text", Object.create(null), "it threw something that can't be written down"],
    ["endless words", new Error("x".repeat(1e6)), "x".repeat(2_000)],
  ])("of %s has a message", async (_, thrown, message) => {
    const { attempted } = await run({
      kind: "http",
      build: () => {
        throw thrown;
      },
    });
    expect(attempted).toMatchObject({ kind: "adapter_error", message });
  });

  test("of BadPayload is the record's fault, from whichever hook", async () => {
    const bad = () => {
      throw new BadPayload("no id");
    };
    const expected = { attempted: { kind: "bad_payload", message: "no id" } };
    expect(await run({ kind: "http", build: bad })).toMatchObject(expected);
    expect(await run({ kind: "http", build, read: bad })).toMatchObject(expected);
    expect(await run({ kind: "http", build, next: bad })).toMatchObject(expected);
    expect(await run({ kind: "direct", deliver: async () => bad() })).toMatchObject(expected);
  });

  test("of the call itself is not the adapter's, and goes on up", async () => {
    const send = () => Promise.reject(new Error("a bug of ours"));
    for (const adapter of [
      { kind: "http", build } as const,
      { kind: "http", build, read: () => ({}) } as const,
    ]) {
      await expect(attemptWith(adapter, aRecord(), { ...moment, signal, send })).rejects.toThrow(
        "a bug of ours",
      );
    }
  });
});

test("a hook that answers with a promise is told so, and a rejection of it ends no process", async () => {
  const later = (async () => boom()) as unknown as HttpAdapter["build"];
  const { attempted } = await run({ kind: "http", build: later });
  expect(attempted).toMatchObject({
    kind: "adapter_error",
    message: "build: must answer at once, not with a promise",
  });
  await new Promise((done) => setImmediate(done));
});

test("an adapter that only builds leaves the reply as it came", async () => {
  expect(await run({ kind: "http", build }, aReply(500, "oh"))).toEqual({
    asked: ["/1"],
    attempted: { kind: "replied", reply: aReply(500, "oh"), reading: null },
  });
});

describe("follow-up calls", () => {
  const polling: HttpAdapter = {
    kind: "http",
    build,
    read: ({ body }) => ({ response: body }),
    next: (_reply, _record, step) => (step < 3 ? request(`/${step + 1}`) : null),
  };

  test("run in order; the last reply and its reading count", async () => {
    const { asked, attempted } = await run(polling, aReply(202, "a"), aReply(202, "b"), aReply(200, "c"));
    expect(asked).toEqual(["/1", "/2", "/3"]);
    expect(attempted).toEqual({ kind: "replied", reply: aReply(200, "c"), reading: { response: "c" } });
  });

  test.each<[string, Reply]>([
    ["a refusal", aReply(422)],
    ["a cut answer", { ...aReply(200), truncated: true }],
    ["no answer", { kind: "timeout", phase: "headers", sent: true }],
  ])("end with %s", async (_, reply) => {
    const { asked, attempted } = await run(polling, aReply(200), reply);
    expect(asked).toEqual(["/1", "/2"]);
    expect(attempted).toMatchObject({ kind: "replied", reply });
  });

  test("follow what the adapter reads as a success, and only that", async () => {
    const reads = (outcome: "delivered" | "invalid"): HttpAdapter => ({
      ...polling,
      read: () => ({ outcome }),
    });
    expect((await run(reads("delivered"), aReply(404))).asked).toEqual(["/1", "/2", "/3"]);
    expect((await run(reads("invalid"), aReply(200))).asked).toEqual(["/1"]);
  });

  test("are ten at most: an adapter that goes round in a circle is stopped", async () => {
    const { asked, attempted } = await run({ kind: "http", build, next: build });
    expect(asked).toHaveLength(10);
    expect(attempted).toMatchObject({ kind: "adapter_error", message: expect.stringContaining("10 calls") });
  });
});

test("whatever a payload holds, the adapters build a request or name it as the record's fault", () => {
  const options = { action: "urn:a", element: "Submit", namespace: "urn:a" };
  const adapters = [
    anHttpAdapter("http-json", { url: "https://a.example/x" }),
    anHttpAdapter("fetch", { url: "https://a.example/x/{a}?b={b.c}" }),
    anHttpAdapter("soap", { url: "https://a.example/x", options }),
    anHttpAdapter("slack", { url: "https://a.example/x", options: { channel: "C1" } }),
  ];
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.double(), fc.jsonValue());
  const payload = fc.oneof(
    fc.json(),
    fc
      .record({ a: value, b: fc.oneof(value, fc.record({ c: value })) })
      .map((object) => JSON.stringify(object)),
  );
  fc.assert(
    fc.property(payload, (text) => {
      for (const adapter of adapters) {
        try {
          const { path } = adapter.build(aRecord({}, { payload: text }), moment);
          expect(path).toMatch(/^\/x(\/[^/?#\s]+\?b=[^/?#\s]+)?$/);
        } catch (error) {
          if (!(error instanceof BadPayload)) throw error;
        }
      }
    }),
    { numRuns: 500 },
  );
});
