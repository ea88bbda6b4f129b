// Which lane goes next, whatever is ready: the most urgent one, and of the others each in its turn.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Lanes, newLanes, nextLane, othersEvery } from "#lib/core/lanes.ts";

const runs = { numRuns: 1_000 };

const priority = fc.integer({ min: -32_768, max: 32_767 });
const lanesOf = (minLength: number) =>
  fc.uniqueArray(priority, { minLength, maxLength: 12 }).map((all) => all.sort((a, b) => a - b));

/** What is ready at each start. */
const aTraffic = lanesOf(1).chain((all) => fc.array(fc.subarray(all), { minLength: 1, maxLength: 200 }));

/** The lanes served while the same ones are always ready. */
function serve(ready: readonly number[], starts: number, from: Lanes = newLanes): number[] {
  const served: number[] = [];
  let lanes = from;
  for (let start = 0; start < starts; start += 1) {
    const next = nextLane(lanes, ready);
    if (next === null) break;
    lanes = next.lanes;
    served.push(next.priority);
  }
  return served;
}

/** Where some traffic has left the turns. */
function after(traffic: readonly (readonly number[])[]): Lanes {
  let lanes = newLanes;
  for (const ready of traffic) lanes = nextLane(lanes, ready)?.lanes ?? lanes;
  return lanes;
}

test("only what is ready goes, and nothing goes only when nothing is", () => {
  fc.assert(
    fc.property(aTraffic, (traffic) => {
      let lanes = newLanes;
      for (const ready of traffic) {
        const next = nextLane(lanes, ready);
        expect(next === null).toBe(ready.length === 0);
        if (next === null) continue;
        expect(ready).toContain(next.priority);
        lanes = next.lanes;
      }
    }),
    runs,
  );
});

test("of eight starts in a row one is not the top's, and the top has the others", () => {
  fc.assert(
    fc.property(lanesOf(2), aTraffic, (ready, traffic) => {
      const served = serve(ready, 10 * othersEvery, after(traffic));
      for (let from = 0; from + othersEvery <= served.length; from += 1) {
        const others = served.slice(from, from + othersEvery).filter((each) => each !== ready[0]);
        expect(others.length).toBe(1);
      }
    }),
    runs,
  );
});

test("every lane that stays ready has its turn within eight starts for each lane", () => {
  fc.assert(
    fc.property(lanesOf(2), aTraffic, (ready, traffic) => {
      const most = othersEvery * ready.length;
      const served = serve(ready, 3 * most, after(traffic));
      for (let from = 0; from + most <= served.length; from += 1) {
        expect(new Set(served.slice(from, from + most)).size).toBe(ready.length);
      }
    }),
    runs,
  );
});

test("no lane waits for ever, even where more urgent ones come and go", () => {
  fc.assert(
    fc.property(lanesOf(2), fc.infiniteStream(fc.nat()), (all, luck) => {
      const last = all.at(-1) ?? 0;
      let lanes = newLanes;
      let waited = 0;
      for (let start = 0; start < 100 * othersEvery; start += 1) {
        const bits = luck.next().value ?? 0;
        // The last lane is always ready, the others now and then.
        const ready = all.filter((each, index) => each === last || ((bits >> index) & 1) === 1);
        const next = nextLane(lanes, ready);
        if (next === null) throw new Error("nothing goes");
        lanes = next.lanes;
        waited = next.priority === last ? 0 : waited + 1;
        expect(waited).toBeLessThanOrEqual(othersEvery * (all.length + 1));
      }
    }),
    { numRuns: 200 },
  );
});

test("the same turns give the same lane, and nothing given is changed", () => {
  fc.assert(
    fc.property(lanesOf(1), aTraffic, (ready, traffic) => {
      const lanes = after(traffic);
      const before = JSON.stringify([ready, { ...lanes, servedAt: [...lanes.servedAt] }]);
      expect(nextLane(lanes, ready)).toEqual(nextLane(lanes, ready));
      expect(JSON.stringify([ready, { ...lanes, servedAt: [...lanes.servedAt] }])).toBe(before);
    }),
    runs,
  );
});
