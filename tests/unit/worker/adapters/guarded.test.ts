import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Reply } from "#lib/core/reply.ts";
import { type Adapter, BadPayload, type DirectAdapter, type HttpAdapter } from "#worker/adapters/adapter.ts";
import { underDeadline } from "#worker/adapters/deadline.ts";
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
  test.each(Object.entries(adapters))(
    "from %s becomes a value with its stack, and what had come back",
    async (hook, adapter) => {
      const { attempted } = await run(adapter);
      expect(attempted).toEqual({
        kind: "adapter_error",
        message: "boom",
        stack: expect.stringContaining("guarded.test.ts"),
        reply: ["read", "next", "read of a direct one"].includes(hook) ? aReply(200) : null,
      });
    },
  );

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

describe("nonsense is an adapter error that names hook and member", () => {
  const builds = (more: object): Adapter =>
    ({ kind: "http", build: () => ({ ...request("/1"), ...more }) }) as unknown as Adapter;
  const reads = (reading: unknown): Adapter =>
    ({ kind: "http", build, read: () => reading }) as unknown as Adapter;
  const follows = (next: unknown): Adapter =>
    ({ kind: "http", build, next: () => next }) as unknown as Adapter;
  const delivers = (reply: unknown): Adapter =>
    ({ kind: "direct", deliver: async () => reply }) as unknown as Adapter;

  test.each<[string, Adapter]>([
    ["build: method must be a text", builds({ method: undefined })],
    ["build: path must be a text that begins with /", builds({ path: "records" })],
    ["build: path must be", builds({ path: new URL("https://a.example/") })],
    ["build: headers must be a list of texts", builds({ headers: { accept: "*/*" } })],
    ["build: headers must be", builds({ headers: ["accept"] })],
    ["build: headers must be", builds({ headers: ["x-attempt", 1] })],
    ["build: body must be a text or null", builds({ body: undefined })],
    ["build: body must be", builds({ body: { a: 1 } })],
    ["build: must give a request", { kind: "http", build: () => null } as unknown as Adapter],
    ["read: must give an object", reads("delivered")],
    ["read: must give an object", reads([])],
    ["read: outcome must be one of delivered, duplicate", reads({ outcome: "ok" })],
    ["read: outcome must be", reads({ outcome: null })],
    ["read: error must be a text", reads({ error: new Error("no") })],
    ["read: response must be a text", reads({ response: { a: 1 } })],
    ["next: must give a request", follows(true)],
    ["next: path must be", follows({ ...request("/2"), path: "2" })],
    ["deliver: must give a reply", delivers(undefined)],
    ["deliver: must give a reply", delivers({ kind: "delivered" })],
    ["deliver: status must be a whole number", delivers({ ...aReply(200), status: "200" })],
    ["deliver: headers must be an object", delivers({ ...aReply(200), headers: null })],
    ["deliver: body must be a text", delivers({ ...aReply(200), body: null })],
  ])("%s", async (words, adapter) => {
    const { attempted, asked } = await run(adapter);
    expect(attempted).toMatchObject({
      kind: "adapter_error",
      message: expect.stringContaining(words),
      reply: asked.length === 0 ? null : aReply(200),
    });
  });

  test("a reading of nothing is none", async () => {
    expect((await run(reads(undefined))).attempted).toMatchObject({ kind: "replied", reading: null });
    expect((await run(follows(undefined))).attempted).toMatchObject({ kind: "replied" });
  });
});

describe("an adapter that is a class", () => {
  class Polling implements HttpAdapter {
    readonly kind = "http";
    readonly #path = "/own";
    build = () => request(this.#path);
    read({ body }: { body: string }) {
      return { response: `${this.#path} ${body}` };
    }
    next(_reply: unknown, _record: unknown, step: number) {
      return step === 1 ? request(`${this.#path}/2`) : null;
    }
  }
  class Mailing implements DirectAdapter {
    readonly kind = "direct";
    readonly #server = "mail";
    closed = "";
    async deliver() {
      return aReply(200, this.#server);
    }
    read() {
      return { response: this.#server };
    }
    async close() {
      this.closed = this.#server;
    }
  }

  test("keeps its this in every hook", async () => {
    const { attempted, asked } = await run(new Polling(), aReply(200), aReply(200, "done"));
    expect(asked).toEqual(["/own", "/own/2"]);
    expect(attempted).toMatchObject({ reading: { response: "/own done" } });
  });

  test("keeps it, and its methods, under a deadline", async () => {
    const mailing = new Mailing();
    const adapter = underDeadline(mailing, 1_000);
    expect((await run(adapter)).attempted).toMatchObject({
      reply: { body: "mail" },
      reading: { response: "mail" },
    });
    await adapter.close?.();
    expect(mailing.closed).toBe("mail");
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
