// Places that drains share, and whose turn it is.
import { expect, test } from "vitest";
import { Places } from "#worker/adapters/places.ts";
import { Turn } from "#worker/drain/turn.ts";

/** A drain that takes a place, and notes when it is woken. */
function aTurn(places: Places) {
  const turn = Object.assign(new Turn(places, () => (turn.woken += 1)), { woken: 0 });
  return turn;
}

test("who finds no place is woken in the order of asking, however often it asks", () => {
  const places = new Places(1);
  const [busy, first, second] = [aTurn(places), aTurn(places), aTurn(places)];
  expect(busy.take()).toBe(true);
  for (const turn of [first, second, first, busy]) expect(turn.take()).toBe(false);
  busy.give();
  expect([first.woken, second.woken, busy.woken]).toEqual([1, 0, 0]);
  expect(first.take()).toBe(true);
  first.give();
  expect([first.woken, second.woken, busy.woken]).toEqual([1, 1, 0]);
  expect(busy.take()).toBe(false);
});

test("a turn that came and can't be used is the next one's, and so is one that comes after its drain has ended", () => {
  const places = new Places(1);
  const [busy, held, ended, last] = [aTurn(places), aTurn(places), aTurn(places), aTurn(places)];
  busy.take();
  for (const turn of [held, ended, last]) turn.take();
  ended.end();
  busy.give();
  held.pass();
  expect([held.woken, ended.woken, last.woken]).toEqual([1, 0, 1]);
  last.end();
  expect(busy.take()).toBe(true);
});
