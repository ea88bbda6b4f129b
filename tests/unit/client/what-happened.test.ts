import { expect, test } from "vitest";
import { whatHappened } from "#lib/client/what-happened.ts";
import type { RecordDetail, TimelineEvent } from "#lib/contract/record.ts";

const at = "2026-11-21T13:00:00Z";
const aRecord = (more: Partial<RecordDetail>): RecordDetail => ({
  id: "01a1fca1-5d3d-72fd-866f-b447b08ad8e1",
  provider: "acme",
  providerName: "Acme Books",
  status: "waiting",
  attempts: 0,
  type: null,
  subject: null,
  owner: null,
  correlationId: null,
  createdAt: at,
  settledAt: at,
  dueAt: at,
  lastError: null,
  payload: {},
  payloadHidden: false,
  revisions: [],
  orderingKey: null,
  dedupeKey: null,
  skippedBy: null,
  failure: null,
  events: [],
  ...more,
});
const anEvent = (kind: TimelineEvent["kind"], detail: TimelineEvent["detail"] = {}): TimelineEvent => ({
  at,
  kind,
  attempt: null,
  outcome: null,
  status: null,
  durationMs: null,
  actor: null,
  reason: null,
  detail,
});
const story = (more: Partial<RecordDetail>) =>
  whatHappened({ record: aRecord(more), zone: "UTC", nowMs: Date.parse("2026-11-21T14:00:00Z") });

const failure = {
  category: "technical",
  team: "technical",
  teamName: "Technical",
  teamKind: "technical",
  outcome: "unavailable",
  statusCode: 503,
  failedAt: at,
  fingerprint: "f",
  assignee: null,
} as const;

test("a shadowed record was not refused, and not sent", () => {
  expect(story({ status: "discarded", events: [anEvent("shadowed")] })).toEqual({
    happened: "Shadow: everything but the call was done at 13:00. Acme Books has heard nothing of it.",
    mend: "What would have gone is in its timeline.",
  });
  expect(story({ status: "discarded", events: [anEvent("discarded")] }).happened).toContain(
    "refused its data",
  );
});

test("a duplicate by its key was not sent; one that the provider knew was", () => {
  const events = [anEvent("duplicate", { duplicateOf: "01a1fca1-0000-72fd-866f-b447b08ad8e1" })];
  expect(story({ status: "duplicate", dedupeKey: "INV-7", events }).happened).toBe(
    "Not sent at 13:00: another record of the dedupe key “INV-7” was first. Its timeline says which.",
  );
  expect(story({ status: "duplicate", events: [anEvent("duplicate")] }).happened).toContain("had it already");
});

test.each(["waiting", "retrying"] as const)(
  "%s without a time: it waits behind another of its key",
  (status) => {
    const { happened, mend } = story({ status, dueAt: null, orderingKey: "customer-7" });
    expect(happened).toBe(
      "It waits behind an earlier record of the ordering key “customer-7”: they go to Acme Books one after the other.",
    );
    expect(mend).toContain("goes by itself");
  },
);

test("a failure with an ordering key says who waits for it, or who let them pass", () => {
  const held = story({ status: "failed", failure, orderingKey: "customer-7", lastError: "503" });
  expect(held.happened).toContain(
    "Later records of the ordering key “customer-7” wait until this one is over.",
  );
  const passed = story({
    status: "failed",
    failure,
    orderingKey: "customer-7",
    skippedBy: "Maria Lopez <maria@example.org>",
  });
  expect(passed.happened).toContain(
    "Maria Lopez let the later records of the ordering key “customer-7” pass.",
  );
});

test("an adapter that broke is the developer's", () => {
  const { happened, mend } = story({
    status: "failed",
    failure: { ...failure, category: "adapter_error", outcome: "unexpected" },
    lastError: "The adapter threw: x is undefined",
  });
  expect(happened).toBe(
    "The code that makes its request broke at 13:00, before anything was sent: The adapter threw: x is undefined.",
  );
  expect(mend).toContain("developer");
});
