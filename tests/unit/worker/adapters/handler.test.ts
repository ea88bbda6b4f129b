import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { classify } from "#lib/core/classify.ts";
import { BadPayload } from "#worker/adapters/adapter.ts";
import { attemptWith } from "#worker/adapters/guarded.ts";
import { type HandlerFunction, RetryLater } from "#worker/adapters/handler.ts";
import { aDirectAdapter, aRecord, moment, recordId } from "./support.ts";

const url = "handler:views";
// What a transaction adds is in tests/integration/engine/handlers.test.ts.
const application = (run: HandlerFunction) => ({
  adapters: {},
  handlers: { views: { transaction: false as const, run } },
});
const run = (views: HandlerFunction, payload: unknown = {}, signal = new AbortController().signal) =>
  attemptWith(
    aDirectAdapter("handler", { url, timeoutMs: { total: 5_000 } }, { application: application(views) }),
    aRecord(payload),
    { ...moment, signal, send: () => Promise.reject(new Error("a handler calls nobody")) },
  );
/** What an attempt means, by the usual rules. */
async function meaning(views: HandlerFunction) {
  const attempted = await run(views);
  return attempted.kind === "replied" ? classify(attempted.reply, moment.nowMs) : attempted;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("the function gets the payload and the record, and its answer is the response", async () => {
  const attempted = await run(async (payload, { record }) => ({ payload, id: record.id }), { product: 7 });
  expect(attempted).toEqual({
    kind: "replied",
    reading: null,
    reply: {
      kind: "response",
      status: 200,
      headers: {},
      body: `{"payload":{"product":7},"id":"${recordId}"}`,
      truncated: false,
    },
  });
});

test("one that answers nothing has delivered, and leaves no clock running", async () => {
  expect(await meaning(() => {})).toMatchObject({ outcome: "delivered" });
  expect(vi.getTimerCount()).toBe(0);
});

test("what it throws is told in its words, and tried again as any provider's trouble", async () => {
  const broken = await meaning(() => {
    throw new Error("the statistics table is full");
  });
  expect(broken).toMatchObject({ outcome: "unavailable", error: "500: the statistics table is full" });
  expect(await meaning(() => Promise.reject("no reason"))).toMatchObject({ error: "500: no reason" });
  expect(await meaning(() => Promise.reject(null))).toMatchObject({ outcome: "unavailable" });
});

test("its stack is kept in the response", async () => {
  const attempted = await run(function recount() {
    throw new Error("full");
  });
  expect(JSON.stringify(attempted)).toContain("recount");
});

test("it can say that the record's data is wrong", async () => {
  const attempted = await run(() => Promise.reject(new BadPayload("no customer 7")));
  expect(attempted).toEqual({ kind: "bad_payload", message: "no customer 7" });
});

test("it can ask for a later time", async () => {
  expect(await meaning(() => Promise.reject(new RetryLater("locked", { afterMs: 1_500 })))).toMatchObject({
    outcome: "throttled",
    retryAfterMs: 2_000,
    error: "503: locked",
  });
  expect(await meaning(() => Promise.reject(new RetryLater("locked")))).toMatchObject({
    outcome: "unavailable",
    retryAfterMs: null,
  });
});

test("one that ignores its signal is no longer waited for when its time is over, and its late answer is ignored", async () => {
  let answer: (value: unknown) => void = () => {};
  let told: AbortSignal | null = null;
  const running = run((_, { signal }) => {
    told = signal;
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  await vi.advanceTimersByTimeAsync(4_999);
  expect(told).toMatchObject({ aborted: false });
  await vi.advanceTimersByTimeAsync(1);
  expect(await running).toMatchObject({
    kind: "replied",
    reply: { kind: "timeout", phase: "total", sent: true },
  });
  expect(told).toMatchObject({ aborted: true });
  answer("late");
});

test("a late rejection is nobody's", async () => {
  let fail: (error: Error) => void = () => {};
  const running = run(
    () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  );
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await running).toMatchObject({ reply: { kind: "timeout" } });
  fail(new Error("late"));
  await new Promise((done) => setImmediate(done));
});

test("one that heeds its signal may say itself what became of it", async () => {
  const running = run(
    (_, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new RetryLater("not begun")));
      }),
  );
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await running).toMatchObject({ reply: { kind: "response", status: 503 } });
});

test("one that passes its signal on, and so is ended by it, has run out of time", async () => {
  const running = run(
    (_, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  );
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await running).toMatchObject({ reply: { kind: "timeout", afterMs: expect.any(Number) } });
});

test("the worker's end ends it, and nothing of it stays with the worker's signal", async () => {
  const ending = new AbortController();
  const running = run(() => new Promise(() => {}), {}, ending.signal);
  ending.abort();
  expect(await running).toMatchObject({ reply: { kind: "timeout" } });
  expect(await run(() => new Promise(() => {}), {}, AbortSignal.abort())).toMatchObject({
    reply: { kind: "timeout" },
  });
});

test.each(["its time is over", "the worker ends"])(
  "of one that never settles nothing is left once %s: no clock, no listener",
  async (when) => {
    const ending = new AbortController();
    const running = run(() => new Promise(() => {}), {}, ending.signal);
    if (when === "the worker ends") ending.abort();
    else await vi.advanceTimersByTimeAsync(5_000);
    expect(await running).toMatchObject({ reply: { kind: "timeout" } });
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(ending.signal, "abort")).toHaveLength(0);
  },
);

test.each([
  [
    "a circle",
    () => {
      const circle: Record<string, unknown> = {};
      circle.self = circle;
      return circle;
    },
  ],
  ["a bigint", () => 1n],
  ["more than a response may hold", () => "x".repeat(1_048_577)],
])("an answer that can't be written (%s) is the handler's mistake, not tried again", async (_, answer) => {
  expect(await run(answer)).toMatchObject({ kind: "adapter_error" });
});

test("a name that nobody registered is told with those that are", () => {
  const given = { application: application(() => {}) };
  expect(() => aDirectAdapter("handler", { url: "handler:toString" }, given)).toThrow(
    'url: no handler is registered as "toString"; registered are views',
  );
  expect(() => aDirectAdapter("handler", { url })).toThrow("none is registered");
});
