import { expect, test } from "vitest";
import { isUndoable, leaving, refused, secondsLeft } from "#lib/client/act.ts";
import { ApiError } from "#lib/client/http.ts";
import type { Problem } from "#lib/contract/problem.ts";

test("a retry can be taken back for five seconds from the press", () => {
  const act = leaving(1_000);
  expect(isUndoable(act, 5_999)).toBe(true);
  expect(isUndoable(act, 6_000)).toBe(false);
  expect(secondsLeft(act, 1_000)).toBe(5);
  expect(secondsLeft(act, 5_900)).toBe(1);
});

test("a conflict says who was first", () => {
  const detail =
    "Maria Lopez <maria@example.org> retried this record at 2026-11-21T12:00:00Z. It is retrying now.";
  const problem: Problem = {
    type: "",
    title: "",
    status: 409,
    code: "conflict",
    detail,
    by: "Maria Lopez <maria@example.org>",
  };
  expect(refused(new ApiError(409, detail, problem))).toEqual({
    kind: "refused",
    sentence: "Maria Lopez is already resending this.",
    conflict: true,
  });
});

test("any other refusal says what the server said, and may be tried again", () => {
  expect(refused(new ApiError(503, "The database does not answer."))).toEqual({
    kind: "refused",
    sentence: "The database does not answer.",
    conflict: false,
  });
});
