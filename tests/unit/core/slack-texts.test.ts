import { expect, test } from "vitest";
import { forPeople, forSlack, rejectView } from "#lib/core/slack-modal.ts";
import { viewProblems } from "#tests/support/block-kit.ts";

const said =
  "Ana <ana@example.org> retried these 12 at 2026-11-20T14:02:03.123456Z; nothing of it is open now.";

test("who was first is told without an address, and with a moment that a person can read", () => {
  expect(forPeople(said)).toBe("Ana retried these 12 at 2026-11-20 14:02 UTC; nothing of it is open now.");
  expect(forSlack(said)).toBe(
    "Ana retried these 12 at <!date^1795183323^{date_short_pretty} {time}|2026-11-20 14:02 UTC>; nothing of it is open now.",
  );
});

test("a name can neither call a channel together, nor pass for a link, nor break the answer", () => {
  expect(forSlack("<!channel> & <https://evil.example|Redrive> has it")).toBe(
    "&lt;!channel&gt; &amp; &lt;https://evil.example|Redrive&gt; has it",
  );
  const noMoment = "at 2026-13-40T25:61:61Z, or 2026-02-31T10:00:00Z";
  expect(forPeople(noMoment)).toContain("2026-13-40T25:61:61Z");
  expect(() => forSlack(noMoment)).not.toThrow();
});

test("the modal fits Slack's limits, whatever a provider says", () => {
  for (const title of ["", "x".repeat(100_000), "\u202e👩‍👩‍👧‍👦".repeat(5_000), "<!here>"]) {
    expect(viewProblems(rejectView({ providerName: title, title, open: 10_000 }, "{}"))).toEqual([]);
  }
});
