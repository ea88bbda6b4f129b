import { expect, test } from "vitest";
import { ApiError } from "#lib/client/http.ts";
import { refusalWords } from "#lib/client/refusal.ts";

const by = "Maria Lopez <maria@example.org>";
const at = "2026-11-21T12:00:00.000Z";
const reader = { zone: "Europe/Paris", nowMs: Date.parse("2026-11-21T13:00:00Z") };
const words = (detail: string, given: { by?: string; at?: string } = { by, at }) => {
  const problem = { type: "", title: "", status: 409, code: "conflict" as const, detail, ...given };
  return refusalWords(new ApiError(409, detail, problem), reader);
};

test.each([
  [`${by} retried this record at ${at}. It is retrying now.`, "is already resending this, since 13:00."],
  [`${by} rejected this record at ${at}. It is rejected now.`, "has closed this already, unsent, at 13:00."],
  [`${by} reopened this record at ${at}.`, "has reopened this already, at 13:00."],
  [`${by} took the retry back at ${at}.`, "took the retry back already, at 13:00."],
  [`${by} paused this provider at ${at}: noon`, "has paused it already, at 13:00."],
  [`This provider is not paused: ${by} resumed it at ${at}.`, "has resumed it already, at 13:00."],
  [`${by} asked for a probe already; it runs soon.`, "has asked for a probe already, at 13:00."],
  [`${by} did what nobody foresaw at ${at}.`, "was first, at 13:00."],
])("%s is told with a name and the reader's clock", (detail, told) => {
  expect(words(detail)).toBe(`Maria Lopez ${told}`);
});

test("without a time, nothing is said of one", () => {
  expect(words(`${by} asked for a probe already.`, { by })).toBe(
    "Maria Lopez has asked for a probe already.",
  );
});

test("a conflict that names nobody in its sentence, and any other refusal, keep the server's words", () => {
  const late = "Too late to take this retry back: the record has left, or leaves right now.";
  expect(words(late)).toBe(late);
  expect(words("This provider is not paused.", {})).toBe("This provider is not paused.");
  expect(refusalWords(new ApiError(503, "Try again soon."), reader)).toBe("Try again soon.");
});
