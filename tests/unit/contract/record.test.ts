import { expect, test } from "vitest";
import { EnqueueRecord } from "#lib/contract/record.ts";

const typed = (type: string) => EnqueueRecord.safeParse({ provider: "ats", payload: {}, type });

test.each(["redrive.canary", "redrive.message", "redrive.notice", "redrive.anything"])(
  "nobody else's record is a %s, whose failures are told to nobody",
  (type) => {
    expect(typed(type).error?.issues).toMatchObject([
      { path: ["type"], message: expect.stringContaining("redrive.") },
    ]);
  },
);

test("a type may be called after anything else", () => {
  for (const type of ["redrive", "redriven.order", "order.redrive.x"]) expect(typed(type).success).toBe(true);
});
