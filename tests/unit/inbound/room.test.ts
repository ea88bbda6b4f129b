import fc from "fast-check";
import { expect, test } from "vitest";
import { aRoom, type Guest } from "#lib/inbound/room.ts";

const aGuest = (given: Partial<Guest> = {}): Guest => ({
  source: "mail",
  isSmall: false,
  isArriving: true,
  bytes: 0,
  ...given,
});

test("calls of one source that still arrive have a quarter of the room, and as much again the small ones", () => {
  const room = aRoom(1_000);
  expect(room.take(aGuest(), 250)).toBeNull();
  expect(room.take(aGuest(), 1)).toBe("share");
  expect(room.take(aGuest({ isSmall: true }), 250)).toBeNull();
  expect(room.take(aGuest({ isSmall: true }), 1)).toBe("share");
  // Those of another source have their own, and so have those of which all is here.
  expect(room.take(aGuest({ source: "shop" }), 250)).toBeNull();
  expect(room.take(aGuest({ isArriving: false }), 250)).toBeNull();
});

test("a call that is whole leaves its share to the next, and its place when it leaves", () => {
  const room = aRoom(1_000);
  const calls = Array.from({ length: 3 }, () => {
    const call = aGuest();
    expect(room.take(call, 200)).toBeNull();
    expect(room.take(call, 51)).not.toBeNull();
    expect(room.take(call, 50)).toBeNull();
    room.arrived(call);
    return call;
  });
  expect(room.take(aGuest(), 1)).toBe("room");
  for (const call of calls) room.leave(call);
  expect(room.take(aGuest({ isArriving: false }), 750)).toBeNull();
});

test("large calls leave a quarter of the room to small ones, whoever they are of", () => {
  const room = aRoom(1_000);
  for (const source of ["a", "b", "c"]) expect(room.take(aGuest({ source }), 250)).toBeNull();
  expect(room.take(aGuest({ source: "d" }), 1)).toBe("room");
  expect(room.take(aGuest({ source: "d", isSmall: true }), 250)).toBeNull();
  expect(room.take(aGuest({ source: "e", isSmall: true }), 1)).toBe("room");
});

test("whatever comes and goes, no more is here than fits, and at the end there is room for all again", () => {
  const act = fc.record({
    guest: fc.record({
      source: fc.constantFrom("a", "b"),
      isSmall: fc.boolean(),
      isArriving: fc.boolean(),
      bytes: fc.constant(0),
    }),
    pieces: fc.array(fc.nat({ max: 120 }), { maxLength: 3 }),
    finally: fc.constantFrom("stays", "arrives", "leaves"),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const room = aRoom(1_000);
      const guests: Guest[] = [];
      for (const { guest, pieces, finally: end } of acts) {
        guests.push(guest);
        for (const bytes of pieces) room.take(guest, bytes);
        if (end === "arrives") room.arrived(guest);
        if (end === "leaves") room.leave(guest);
        const sum = (of: (guest: Guest) => boolean) =>
          guests.filter(of).reduce((all, { bytes }) => all + bytes, 0);
        expect(sum(() => true)).toBeLessThanOrEqual(1_000);
        expect(sum(({ isSmall }) => !isSmall)).toBeLessThanOrEqual(750);
        for (const source of ["a", "b"])
          for (const isSmall of [true, false]) {
            const arriving = sum(
              (each) => each.source === source && each.isSmall === isSmall && each.isArriving,
            );
            expect(arriving).toBeLessThanOrEqual(250);
          }
      }
      for (const guest of guests) room.leave(guest);
      expect(room.take(aGuest({ isSmall: true, isArriving: false }), 1_000)).toBeNull();
    }),
  );
});
