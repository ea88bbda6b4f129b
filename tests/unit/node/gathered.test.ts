import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Gathered } from "#lib/node/gathered.ts";

test("pieces of any size come out as one, whatever was announced", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(pieces, fc.integer({ min: -5, max: 100_000 }), (pieces, expected) => {
      const gathered = new Gathered(expected);
      for (const piece of pieces) gathered.add(piece);
      expect(gathered.whole().equals(Buffer.concat(pieces))).toBe(true);
      expect(gathered.length).toBe(gathered.whole().length);
    }),
  );
});

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** What is held when all garbage is gone. */
function heldBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test("a body of single bytes, each read in a page of its own, takes twice its size at most", () => {
  const before = heldBytes();
  const bodies = Array.from({ length: 20 }, () => {
    const gathered = new Gathered();
    for (let n = 0; n < 50_000; n += 1) gathered.add(Buffer.from([n & 0xff]));
    return gathered;
  });
  // 1,000,000 bytes; kept piece by piece they would be 100 MB and more.
  expect(heldBytes() - before).toBeLessThan(5_000_000);
  expect(bodies.map(({ length }) => length)).toEqual(Array.from({ length: 20 }, () => 50_000));
});
