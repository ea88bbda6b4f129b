// A stream that is read until a command ends.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { until } from "#cli/ending.ts";

test("of a stream of any length no more is kept than what is read", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const given: WeakRef<Uint8Array>[] = [];
  async function* stream() {
    for (let n = 0; n < 100; n++) {
      const piece = new Uint8Array(1_000);
      given.push(new WeakRef(piece));
      yield piece;
    }
  }
  const ending = new AbortController();
  let read = 0;
  for await (const piece of until(ending.signal, stream())) read += piece.length;
  expect(read).toBe(100_000);
  const kept = () => {
    collect();
    return given.filter((piece) => piece.deref() !== undefined).length;
  };
  await expect.poll(kept).toBeLessThan(3);
  // It is looked at until here, as by a command that goes on.
  ending.abort();
});

test("it ends with the command, before and amid", async () => {
  async function* silent() {
    yield 1;
    await new Promise(() => {});
  }
  const ending = new AbortController();
  const seen: number[] = [];
  for await (const piece of until(ending.signal, silent())) {
    seen.push(piece);
    setImmediate(() => ending.abort());
  }
  for await (const piece of until(ending.signal, silent())) seen.push(piece);
  expect(seen).toEqual([1]);
});

test("what a stream throws is thrown", async () => {
  const broken: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("EISDIR")) }),
  };
  const read = async () => {
    for await (const _ of until(new AbortController().signal, broken));
  };
  await expect(read()).rejects.toThrow("EISDIR");
});
