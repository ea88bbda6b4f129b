import { expect, test } from "vitest";
import { describeProvider, type ProviderInWords } from "#lib/core/words.ts";

const aProvider = (more: Partial<ProviderInWords>): ProviderInWords => ({
  breaker: "closed",
  breakerReason: null,
  batchSize: 10,
  batchSizeMax: 10,
  hold: null,
  holdUntil: null,
  pausedBy: null,
  nextProbe: null,
  since: null,
  lastChangeReason: null,
  ...more,
});

test.each<[Partial<ProviderInWords>, string]>([
  [{}, "Sending up to 10 at once, its maximum."],
  [
    { batchSize: 4, since: "13:52", lastChangeReason: "Answers got 2.3 times slower than usual" },
    "Sending 4 at once of at most 10 since 13:52: answers got 2.3 times slower than usual.",
  ],
  [
    {
      breaker: "open",
      breakerReason: "failing",
      hold: "breaker_open",
      since: "13:55",
      nextProbe: "at 14:05",
      lastChangeReason: "6 of the last 10 failed (503)",
    },
    "Stopped since 13:55: too many requests failed (6 of the last 10 failed (503)). Next test at 14:05.",
  ],
  [{ breaker: "half_open", breakerReason: "failing" }, "Testing with one record at a time."],
  [{ hold: "paused", pausedBy: "ana", holdUntil: "15:00" }, "Paused by ana until 15:00."],
  [{ hold: "paused" }, "Paused until someone resumes it."],
  [{ hold: "disabled" }, "Switched off: nothing is sent until someone switches it on."],
  [{ hold: "outside_window", holdUntil: "22:00" }, "Outside its delivery window: waiting until 22:00."],
])("a provider is described in words: %j", (more, sentence) => {
  expect(describeProvider(aProvider(more))).toBe(sentence);
});
