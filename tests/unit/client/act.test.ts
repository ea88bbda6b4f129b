import { expect, test } from "vitest";
import { type Act, isOver, isUndoable, leaving, refused, secondsLeft } from "#lib/client/act.ts";
import { ApiError } from "#lib/client/http.ts";

test("a retry can be taken back for five seconds from the press", () => {
  const act = leaving(1_000);
  expect(isUndoable(act, 5_999)).toBe(true);
  expect(isUndoable(act, 6_000)).toBe(false);
  expect(secondsLeft(act, 1_000)).toBe(5);
  expect(secondsLeft(act, 5_900)).toBe(1);
});

test("any other refusal says what the server said, and may be tried again", () => {
  expect(refused(new ApiError(503, "The database does not answer."), 7)).toEqual({
    kind: "refused",
    sentence: "The database does not answer.",
    conflict: false,
    atMs: 7,
  });
});

const at = (atMs: number, state: "open" | "rejected" = "open") => ({ state, atMs });

test("a retry is over once the record is open again after it left", () => {
  const act = leaving(0);
  expect(isOver(act, null)).toBe(false);
  expect(isOver(act, at(6_000))).toBe(false);
  expect(isOver(act, at(7_000))).toBe(true);
  expect(isOver(act, at(7_000, "rejected"))).toBe(false);
  expect(isOver(act, { ...at(5_200), failedAtMs: 5_100 })).toBe(true);
  expect(isOver(act, { ...at(5_200), failedAtMs: -1_000 })).toBe(false);
});

test("who was first is told for a while; listed still, the record may be acted on again", () => {
  const act = refused(new ApiError(409, "It is retrying now."), 0);
  expect(isOver(act, at(4_000))).toBe(false);
  expect(isOver(act, null)).toBe(false);
  expect(isOver(act, at(6_000))).toBe(true);
});

test("a rejection is over once someone reopened the record, a reopening once someone rejected it", () => {
  const rejected: Act = { kind: "rejected", why: "", atMs: 0 };
  const reopened: Act = { kind: "reopened", atMs: 0 };
  expect(isOver(rejected, at(9_000))).toBe(true);
  expect(isOver(rejected, at(9_000, "rejected"))).toBe(false);
  expect(isOver(reopened, at(9_000, "rejected"))).toBe(true);
  expect(isOver(reopened, at(9_000))).toBe(false);
});

test("what was taken back, and a refusal that may be tried again, stay until the next act", () => {
  expect(isOver({ kind: "undone" }, at(99_000))).toBe(false);
  expect(isOver(refused(new ApiError(503, "Later."), 0), at(99_000))).toBe(false);
});
