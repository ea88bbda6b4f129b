import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLive, type Live } from "#lib/client/live.ts";
import type { Hint } from "#lib/contract/hint.ts";

class Stream {
  static readonly CLOSED = 2;
  static all: Stream[] = [];
  readyState = 0;
  onopen: () => void = () => {};
  onmessage: (event: { data: string }) => void = () => {};
  onerror: () => void = () => {};
  constructor() {
    Stream.all.push(this);
  }
  close() {
    this.readyState = Stream.CLOSED;
  }
  static get open() {
    return Stream.all.filter(({ readyState }) => readyState !== Stream.CLOSED);
  }
}

let client: QueryClient;
let live: Live;
let stop: () => void;
const page = new EventTarget() as EventTarget & { visibilityState: string };

/** A query on the screen, and how often it was asked. */
function watched(queryKey: string[], freshForMs = 0) {
  const asked = vi.fn(async () => ({}));
  new QueryObserver(client, { queryKey, queryFn: asked, meta: { freshForMs } }).subscribe(() => {});
  return asked;
}
const hint = (given: Hint) => Stream.all.at(-1)?.onmessage({ data: JSON.stringify(given) });
const look = (visibilityState: string) => {
  page.visibilityState = visibilityState;
  page.dispatchEvent(new Event("visibilitychange"));
};
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
async function begin() {
  stop = live.start();
  await pass(0);
  Stream.all.at(-1)?.onopen();
  await pass(0);
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-20T12:00:00Z") });
  Stream.all = [];
  page.visibilityState = "visible";
  vi.stubGlobal("EventSource", Stream);
  vi.stubGlobal("document", page);
  client = new QueryClient();
  live = createLive(client);
});
afterEach(() => {
  stop();
  client.clear();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("every opening of the stream asks for everything: what changed before is unknown", async () => {
  const overview = watched(["overview"]);
  await begin();
  expect(live.state()).toBe("live");
  expect(overview).toHaveBeenCalledTimes(2);
  live.pause();
  await pass(60_000);
  expect(overview).toHaveBeenCalledTimes(2);
  live.resume();
  Stream.all.at(-1)?.onopen();
  await pass(0);
  expect(overview).toHaveBeenCalledTimes(3);
});

test("an idle system's figures are asked for every ten seconds, a slow chart not before it is worth it", async () => {
  const overview = watched(["overview"]);
  const chart = watched(["throughput", "ats", "7d"], 3_600_000);
  await begin();
  await pass(31_500);
  expect(overview).toHaveBeenCalledTimes(2 + 3);
  expect(chart).toHaveBeenCalledTimes(2);
});

test("a hint that waits for a slow chart does not ask for the others again", async () => {
  const overview = watched(["overview"]);
  const chart = watched(["throughput", "ats", "24h"], 20_000);
  await begin();
  hint({ topic: "throughput", provider: "ats" });
  await pass(5_000);
  expect(overview).toHaveBeenCalledTimes(2 + 1);
  expect(chart).toHaveBeenCalledTimes(2);
  await pass(17_000);
  expect(chart).toHaveBeenCalledTimes(3);
});

test("a hidden tab leaves its connection to others, asks slowly, and is live again when it is seen", async () => {
  const overview = watched(["overview"]);
  await begin();
  look("hidden");
  expect(Stream.open).toHaveLength(0);
  await pass(61_000);
  expect(overview).toHaveBeenCalledTimes(2 + 2);
  look("visible");
  expect(Stream.open).toHaveLength(1);
  Stream.all.at(-1)?.onopen();
  await pass(0);
  expect(overview).toHaveBeenCalledTimes(5);
  expect(live.state()).toBe("live");
});

test("a paused page stays paused, seen or not", async () => {
  await begin();
  live.pause();
  look("hidden");
  look("visible");
  expect(Stream.open).toHaveLength(0);
  expect(live.state()).toBe("paused");
});

test("a stream that was refused is opened again", async () => {
  await begin();
  const [first] = Stream.all;
  first?.close();
  first?.onerror();
  expect(live.state()).toBe("reconnecting");
  await pass(3_000);
  expect(Stream.open).toHaveLength(1);
});
