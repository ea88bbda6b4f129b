import { describe, expect, test } from "vitest";
import { type Bucket, bucketRoom, nextTokenMs, take } from "#lib/core/bucket.ts";

const perSecond = (limit: number) => ({ limit, perMs: 1_000 });
const startMs = 1_700_000_000_000;
const yearMs = 31_536_000_000;
const empty: Bucket = { tokens: 0, atMs: startMs };

describe("a bucket", () => {
  test.each([
    [1, 1],
    [39, 2],
    [40, 2],
    [100, 5],
    [100_000, 5_000],
  ])("for %d a second lets %d start at once, when new or unknown", (limit, room) => {
    expect(bucketRoom(null, perSecond(limit), startMs)).toBe(room);
    expect(bucketRoom(null, perSecond(limit), startMs)).toBe(room);
  });

  test("below 40 spaces its requests evenly", () => {
    const rule = perSecond(4);
    let bucket: Bucket | null = null;
    const starts: number[] = [];
    for (let nowMs = startMs; starts.length < 5; nowMs = nextTokenMs(bucket, rule, nowMs)) {
      bucket = take(bucket, rule, nowMs, bucketRoom(bucket, rule, nowMs));
      if (nowMs > (starts.at(-1) ?? 0)) starts.push(nowMs);
    }
    expect(starts.map((at) => at - startMs)).toEqual([0, 250, 500, 750, 1_000]);
  });

  test("has its next token exactly when it says, and not a millisecond before", () => {
    for (const limit of [1, 3, 7, 39, 40, 333, 1_000, 60_000]) {
      const rule = { limit, perMs: 60_000 };
      const nextMs = nextTokenMs(empty, rule, startMs);
      expect(bucketRoom(empty, rule, nextMs)).toBeGreaterThanOrEqual(1);
      expect(bucketRoom(empty, rule, nextMs - 1)).toBe(0);
      expect(nextTokenMs(empty, rule, nextMs)).toBe(nextMs);
    }
  });

  test("gains nothing from being asked often, by any rounding", () => {
    const rule = { limit: 7, perMs: 60_000 };
    let bucket = empty;
    for (let ms = 1; ms < 60_000 / 7; ms += 1) bucket = take(bucket, rule, startMs + ms, 0);
    expect(bucketRoom(bucket, rule, startMs + 8_571)).toBe(0);
    expect(bucketRoom(bucket, rule, startMs + 8_572)).toBe(1);
  });

  test("holds no more than its capacity, however long it rests", () => {
    expect(bucketRoom(empty, perSecond(100), startMs + yearMs)).toBe(5);
    expect(bucketRoom(empty, { limit: 60_000_000, perMs: 60_000 }, startMs + yearMs)).toBe(3_000_000);
  });

  test("takes a lowered limit at once", () => {
    const full: Bucket = { tokens: 50, atMs: startMs };
    expect(bucketRoom(full, perSecond(1_000), startMs)).toBe(50);
    expect(bucketRoom(full, perSecond(20), startMs)).toBe(2);
    expect(nextTokenMs(take(full, perSecond(20), startMs, 2), perSecond(20), startMs)).toBe(startMs + 53);
  });

  test("takes a raised limit as time passes, not as a gift", () => {
    expect(bucketRoom(empty, perSecond(1_000), startMs)).toBe(0);
    expect(bucketRoom(empty, perSecond(1_000), startMs + 10)).toBe(9);
  });

  test("pays back what was started beyond its room", () => {
    const owing = take(empty, perSecond(10), startMs, 2);
    expect(bucketRoom(owing, perSecond(10), startMs + 299)).toBe(0);
    expect(nextTokenMs(owing, perSecond(10), startMs)).toBe(startMs + 300);
  });

  test("survives being kept as JSON between any two requests", () => {
    const rule = { limit: 333, perMs: 60_000 };
    let kept: Bucket | null = null;
    let held: Bucket | null = null;
    for (let nowMs = startMs; nowMs < startMs + 60_000; nowMs += 97) {
      const room = bucketRoom(held, rule, nowMs);
      expect(bucketRoom(kept, rule, nowMs)).toBe(room);
      held = take(held, rule, nowMs, room);
      kept = JSON.parse(JSON.stringify(take(kept, rule, nowMs, room)));
    }
  });
});

describe("when the clock goes back", () => {
  const rule = perSecond(10);

  test("by less than an interval, no token is made, and the next comes within two", () => {
    expect(bucketRoom(empty, rule, startMs - 900)).toBe(0);
    expect(nextTokenMs(empty, rule, startMs - 900)).toBe(startMs + 100);
    expect(bucketRoom(empty, rule, startMs + 99)).toBe(0);
    expect(bucketRoom(empty, rule, startMs + 100)).toBe(1);
  });

  test("what was in stays in", () => {
    expect(bucketRoom({ tokens: 5, atMs: startMs }, perSecond(100), startMs - 500)).toBe(5);
  });

  test("by a year, one may go, and the rest at the usual pace", () => {
    const nowMs = startMs - yearMs;
    expect(bucketRoom(empty, rule, nowMs)).toBe(1);
    expect(nextTokenMs(empty, rule, nowMs)).toBe(nowMs);
    const stamped = take(empty, rule, nowMs, 1);
    expect(bucketRoom(stamped, rule, nowMs)).toBe(0);
    expect(nextTokenMs(stamped, rule, nowMs)).toBe(nowMs + 100);
  });
});
