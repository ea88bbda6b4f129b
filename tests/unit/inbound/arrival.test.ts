// How fast a body has to come, and who gives way when there is no room.
import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Arrivals, type Arrived, arrivals, usualPace } from "#lib/inbound/arrival.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const room = 128 * 1_048_576;
const seconds = (many: number) => vi.advanceTimersByTime(many * 1_000);

/** A body that is sent piece by piece; `heard` is what became of it. */
function aBody(to: Arrivals, bytes: number | null, source = "mail") {
  const request = new EventEmitter() as IncomingMessage;
  const heard: Arrived[] = [];
  to.take(request, { source, bytesMax: 1_048_576, bytes }, (arrived) => heard.push(arrived));
  return {
    sends: (many: number) => request.emit("data", Buffer.alloc(many, "x")),
    ends: () => request.emit("end"),
    leaves: () => request.emit("close"),
    heard: () => heard[0]?.kind,
  };
}

test("a body that pauses for five seconds is cut off, however little is missing", () => {
  const to = arrivals(room, usualPace);
  const body = aBody(to, 1_048_576);
  body.sends(1_000_000);
  seconds(3);
  body.sends(48_575);
  seconds(4);
  expect(body.heard()).toBeUndefined();
  seconds(2);
  expect(body.heard()).toBe("too_slow");
  to.close();
});

test("a body that comes at 16 KiB a second is waited for; one that comes at a quarter of that is not, nor one that drips", () => {
  const to = arrivals(room, usualPace);
  const [fast, slow, drips, unsaid] = [
    aBody(to, 655_360),
    aBody(to, 655_360),
    aBody(to, 9_000),
    aBody(to, null),
  ];
  for (let second = 0; second < 10; second++) {
    fast.sends(16_384);
    slow.sends(4_096);
    drips.sends(1);
    unsaid.sends(1);
    seconds(1);
    const heard = [slow, drips, unsaid].map((body) => body.heard());
    if (second === 3) expect(heard).toEqual([undefined, undefined, undefined]);
    if (second === 5) expect(heard).toEqual([undefined, "too_slow", "too_slow"]);
    if (second === 6) expect(heard).toEqual(["too_slow", "too_slow", "too_slow"]);
  }
  fast.ends();
  expect(fast.heard()).toBe("whole");
  to.close();
});

test("a sender whose line stood still for a while is not held to what it could not send", () => {
  const to = arrivals(room, usualPace);
  const body = aBody(to, 100_000);
  body.sends(1_000);
  seconds(4);
  body.sends(1_000);
  seconds(1);
  body.sends(20_000);
  seconds(1);
  body.sends(78_000);
  body.ends();
  expect(body.heard()).toBe("whole");
  to.close();
});

test("nobody gives way in vain, where the room is full of those that are whole", () => {
  const to = arrivals(400_000, usualPace);
  const whole = aBody(to, 60_000, "whole");
  whole.sends(60_000);
  whole.ends();
  const others = ["a", "b", "c", "d"].map((source) => aBody(to, 60_000, source));
  for (const other of others) {
    other.sends(60_000);
    other.ends();
  }
  const slow = aBody(to, 60_000, "slow");
  slow.sends(20_000);
  seconds(2);
  const most = aBody(to, 60_000, "most");
  most.sends(60_000);
  most.ends();
  const late = aBody(to, 60_000, "late");
  late.sends(30_000);
  expect([late.heard(), slow.heard()]).toEqual(["no_room", undefined]);
  to.close();
});

test("a body that came in one piece waits as long as it takes to be stored, and none is looked at twice", () => {
  const to = arrivals(room, usualPace);
  const body = aBody(to, 10);
  body.sends(10);
  seconds(20);
  body.ends();
  expect(body.heard()).toBe("whole");
  to.close();
});

test("where the room is full, who has taken over a second gives way, and who comes new gets in", () => {
  const to = arrivals(1_000_000, usualPace);
  const stalled = ["a", "b", "c", "d"].map((source) => {
    const body = aBody(to, 60_000, source);
    body.sends(59_999);
    return Array.from({ length: 3 }, () => {
      const more = aBody(to, 60_000, source);
      more.sends(59_999);
      return more;
    }).concat(body);
  });
  const early = aBody(to, 60_000, "e");
  early.sends(60_000);
  expect(early.heard()).toBe("no_room");
  seconds(1);
  const late = aBody(to, 60_000, "e");
  late.sends(30_000);
  late.sends(30_000);
  late.ends();
  expect(late.heard()).toBe("whole");
  const heard = stalled.flat().map((each) => each.heard());
  expect(heard.filter((each) => each === "no_room").length).toBeLessThanOrEqual(2);
  expect(heard.filter((each) => each === undefined).length).toBeGreaterThanOrEqual(14);
  to.close();
});

test("where a source's share is spent its own give way, and nobody else's; large ones put no small one out", () => {
  const to = arrivals(1_000_000, usualPace);
  const others = aBody(to, 200_000, "shop");
  others.sends(199_999);
  const small = aBody(to, 60_000);
  small.sends(59_999);
  const large = aBody(to, 240_000);
  large.sends(239_999);
  seconds(1);
  const next = aBody(to, 240_000);
  next.sends(120_000);
  next.sends(120_000);
  next.ends();
  expect(next.heard()).toBe("whole");
  expect([others.heard(), small.heard(), large.heard()]).toEqual([undefined, undefined, "no_room"]);
  to.close();
});

test("who leaves takes no room any more", () => {
  const to = arrivals(4_000, usualPace);
  for (let nth = 0; nth < 20; nth++) {
    const body = aBody(to, 3_000);
    body.sends(1_000);
    body.leaves();
    expect(body.heard()).toBe("gone");
  }
  to.close();
});
