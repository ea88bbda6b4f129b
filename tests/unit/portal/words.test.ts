// What end users read: the words of each case, and that none of ours is ever among them.
import { describe, expect, test } from "vitest";
import type { Frame } from "#components/portal/frame.ts";
import { myRecord, myRecordDetail, type ViewGiven } from "#components/portal/own-view.ts";
import {
  fixScreen,
  listScreen,
  nothingTyped,
  notices,
  recordScreen,
  withdrawScreen,
} from "#components/portal/screens.ts";
import type { MyRecordDetail, OwnRecord } from "#lib/contract/portal.ts";
import { outcomes } from "#lib/core/outcome.ts";
import { portalActions } from "#lib/core/portal.ts";
import { eventKinds, failureCategories, holds, recordStatuses, rejectCodes } from "#lib/core/status.ts";

const nowMs = Date.parse("2026-11-21T14:05:00Z");
const at = (time: string) => `2026-11-21T${time}Z`;
const given: ViewGiven = { nowMs, zone: "UTC", actions: portalActions };

const record = (changed: Partial<OwnRecord> = {}): OwnRecord => ({
  id: "019aa000-0000-7000-8000-000000000001",
  subject: "Invoice INV-2041",
  to: "Acme Books",
  status: "waiting",
  attempts: 0,
  createdAt: at("13:50:00"),
  settledAt: null,
  dueAt: at("14:05:00"),
  hold: null,
  holdSince: null,
  holdUntil: null,
  failure: null,
  lastAct: null,
  undoUntil: null,
  tries: 0,
  triesAgainAt: null,
  wasSentBefore: false,
  wasRehearsed: false,
  isSafeToRepeat: true,
  allowed: [],
  payload: null,
  message: null,
  ...changed,
});

type Failure = NonNullable<OwnRecord["failure"]>;
const failed = (failure: Partial<Failure> = {}, changed: Partial<OwnRecord> = {}) =>
  record({
    status: "failed",
    attempts: 5,
    dueAt: null,
    failure: {
      category: "technical",
      outcome: "unavailable",
      statusCode: null,
      failedAt: at("14:02:00"),
      complaints: [],
      isSameAgain: false,
      comesBack: false,
      isFixable: false,
      ...failure,
    },
    ...changed,
  });

const shown = (own: OwnRecord, actions = given.actions) => {
  const { card, headline, meta, says, buttons } = myRecord(own, { ...given, actions });
  return { card, headline, meta, says, buttons };
};

describe("the cards' words", () => {
  test("technical: their data is fine, and they may try again", () => {
    expect(shown(failed())).toEqual({
      card: "needs_you",
      headline: "Not delivered",
      meta: "14:02 · tried 5 times",
      says: "Acme Books didn't answer in time. Your data is fine.",
      buttons: ["retry", "withdraw"],
    });
    expect(shown(failed({ statusCode: 503 })).says).toBe(
      "Acme Books couldn't take it just then. Your data is fine.",
    );
  });

  test("the receiver is unwell: it comes back by itself, and there is nothing to press", () => {
    const unwell = { hold: "breaker_open", holdSince: at("13:55:00"), holdUntil: at("14:10:00") } as const;
    const says = "Waiting for Acme Books since 13:55. We'll resend by itself; next test 14:10.";
    expect(shown(failed({ comesBack: true }, unwell))).toMatchObject({ card: "on_it", says, buttons: [] });
    expect(shown(record({ ...unwell, status: "held", attempts: 2 }))).toMatchObject({
      card: "on_it",
      headline: "Waiting",
      says,
      buttons: [],
    });
    // What does not come back by itself still needs them.
    expect(shown(failed({ comesBack: false }, unwell))).toMatchObject({ card: "needs_you" });
    expect(shown(failed({ comesBack: true }, { hold: "paused" }))).toMatchObject({ card: "needs_you" });
  });

  test("refused data: which field, and the button to mend it", () => {
    const wrong = { category: "client_data", complaints: ["postal code"], isFixable: true } as const;
    expect(shown(failed(wrong))).toMatchObject({
      says: "Acme Books says the postal code isn't valid.",
      buttons: ["fix", "withdraw"],
    });
    expect(shown(failed({ ...wrong, complaints: ["postal code", "city"] })).says).toBe(
      "Acme Books says the postal code and the city aren't valid.",
    );
    expect(shown(failed({ ...wrong, isSameAgain: true }))).toMatchObject({
      says: "Trying again won't help until the postal code changes.",
      buttons: ["fix", "withdraw"],
    });
    expect(shown(failed({ ...wrong, complaints: [] })).says).toBe("Acme Books doesn't accept it as it is.");
  });

  test("refused data that they may not mend: once more, but not when it was the same again", () => {
    const wrong = { category: "client_data" } as const;
    expect(shown(failed(wrong)).buttons).toEqual(["retry", "withdraw"]);
    expect(shown(failed({ ...wrong, isSameAgain: true }))).toMatchObject({
      says: "Trying again won't help until it is corrected.",
      buttons: ["withdraw"],
    });
    expect(shown(failed({ ...wrong, isSameAgain: true }), ["see", "retry"])).toMatchObject({
      says: "Trying again won't help until it is corrected. Our support can see it too.",
      buttons: [],
    });
  });

  test("maybe delivered: whether resending could make a double", () => {
    expect(shown(failed({ outcome: "ambiguous" }))).toMatchObject({
      headline: "Maybe delivered",
      says: "Acme Books got it, but didn't answer in time. Resending is safe: Acme Books can tell that it is the same one.",
    });
    expect(shown(failed({ outcome: "ambiguous" }, { isSafeToRepeat: false })).says).toBe(
      "Acme Books got it, but didn't answer in time. Resending could create a double.",
    );
  });

  test("after three tries: when the next is possible, and no button to try", () => {
    const usedUp = { tries: 3, triesAgainAt: "2026-11-22T13:40:00Z" };
    expect(shown(failed({}, usedUp))).toMatchObject({
      says: "Acme Books didn't answer in time. Your data is fine. You have tried 3 times within a day. You can try again at 22 Nov 13:40.",
      buttons: ["withdraw"],
    });
    expect(myRecord(failed({}, usedUp), given)).toMatchObject({
      triesLeft: 0,
      triesAgainAt: usedUp.triesAgainAt,
    });
    expect(shown(failed({}, { tries: 2 })).buttons).toContain("retry");
  });

  test("pressed: it is being sent, and can be taken back for as long as it has not left", () => {
    const pressed = record({
      status: "retrying",
      dueAt: at("14:05:05"),
      lastAct: { kind: "retried", isOwn: true, at: at("14:05:00"), code: null },
      undoUntil: at("14:05:04"),
    });
    expect(shown(pressed)).toMatchObject({ card: "on_it", headline: "Sending…", buttons: ["undo"] });
    expect(shown({ ...pressed, undoUntil: at("14:04:59") }).buttons).toEqual([]);
    expect(shown({ ...pressed, undoUntil: null }).buttons).toEqual([]);
  });

  test("a colleague acted: it says so without a name", () => {
    const resent = record({
      status: "retrying",
      lastAct: { kind: "retried", isOwn: false, at: at("14:04:00"), code: null },
    });
    expect(shown(resent).says).toBe("Our support is already resending this.");
  });

  test("closed: by whom of us is not said, a reason only in words of ours; withdrawn by themselves", () => {
    const closed = (lastAct: OwnRecord["lastAct"]) =>
      shown(record({ status: "rejected", settledAt: at("14:00:00"), lastAct }));
    expect(closed({ kind: "rejected", isOwn: false, at: at("14:00:00"), code: "duplicate" })).toEqual({
      card: "closed",
      headline: "Closed – not sent",
      meta: "14:00",
      says: "By our support. It was there twice.",
      buttons: [],
    });
    expect(closed({ kind: "rejected", isOwn: true, at: at("14:00:00"), code: "customer_wish" }).says).toBe(
      "You withdrew it.",
    );
  });

  test("delivered, delivered before, and what only waits", () => {
    expect(shown(record({ status: "delivered", settledAt: at("13:51:00") }))).toMatchObject({
      card: "sent",
      headline: "Delivered",
      meta: "13:51",
    });
    expect(shown(record({ status: "duplicate", wasSentBefore: true })).headline).toBe("Sent before");
    expect(shown(record({ dueAt: null })).says).toBe("It goes right after an earlier one.");
    expect(shown(record({ dueAt: at("18:00:00") })).says).toBe("It goes at 18:00.");
    expect(shown(record({ status: "retrying", attempts: 1, dueAt: at("14:08:00") })).says).toBe(
      "Acme Books couldn't take it yet. We'll resend by itself at 14:08.",
    );
  });

  test("a token that allows less shows fewer buttons", () => {
    expect(shown(failed(), ["see"]).buttons).toEqual([]);
    expect(shown(failed(), ["see", "withdraw"]).buttons).toEqual(["withdraw"]);
    expect(shown(failed({ category: "client_data", isFixable: true }), ["see", "retry"]).buttons).toEqual([
      "retry",
    ]);
  });
});

/** Words of ours, which mean nothing outside, and names of codes. */
const internal =
  /breaker|provider|outbox|queue|batch|slug|\blease\b|drain|worker|fingerprint|payload|adapter|poison|canary|redrive|http|json|status|category|client_data|adapter_error|record|failure|retry\b|retries|rejected|discarded|half.open|webhook|backoff|attempt|null|undefined|object object|\bnan\b|Invalid Date/i;

/** What a reader gets of a page: its text and what a screen reader says, without addresses and style. */
const textOf = (document: string): string =>
  [
    document.replace(/<[^>]*>/g, " "),
    ...[...document.matchAll(/(?:aria-label|title|alt|placeholder)="([^"]*)"/g)].map(([, text]) => text),
  ].join(" ");

test("whatever state, hold, trouble and act: no internal word is shown, and every card is whole", () => {
  const frame: Frame = { base: "/my", token: null };
  const around = { frame, zone: "UTC", nowMs, notice: null, isLive: true };
  const acts: OwnRecord["lastAct"][] = [
    null,
    ...["retried", "retry_cancelled", "reopened"].flatMap((kind) =>
      [true, false].map((isOwn) => ({ kind, isOwn, at: at("14:04:00"), code: null })),
    ),
    ...rejectCodes.map((code) => ({ kind: "rejected", isOwn: false, at: at("14:04:00"), code })),
    { kind: "rejected", isOwn: true, at: at("14:04:00"), code: "customer_wish" },
  ];
  const history = eventKinds.flatMap((kind) =>
    [true, false].map((isOwn) => ({ at: at("14:00:00"), kind, isOwn })),
  );
  const seen = new Set<string>();
  const drawn = new Set<string>();
  const look = (own: OwnRecord, actions = given.actions) => {
    const detail: MyRecordDetail = myRecordDetail({ record: own, history }, { ...given, actions });
    expect(detail.headline).not.toBe("");
    expect(`${detail.headline}${detail.says}${detail.meta}`).not.toMatch(internal);
    seen.add(`${detail.card}: ${detail.headline}`);
    // Pages are made of the card, so of each card once.
    const card = JSON.stringify([detail.title, detail.headline, detail.meta, detail.says, detail.buttons]);
    if (drawn.has(card)) return;
    drawn.add(card);
    const empty = { items: [], next: null };
    const bodies = [
      listScreen({ failed: { items: [detail], next: null }, under_way: empty, done: empty }, around),
      recordScreen(detail, around),
      withdrawScreen(detail, { frame }),
      fixScreen(detail, nothingTyped, { frame }),
    ];
    for (const body of bodies) {
      const text = textOf(body.text);
      expect(text.match(internal)?.[0], text).toBeUndefined();
    }
  };

  for (const hold of [null, ...holds])
    for (const holdUntil of [null, at("14:10:00")])
      for (const lastAct of acts)
        for (const status of recordStatuses)
          for (const dueAt of [null, at("14:05:00"), at("15:00:00")])
            look(
              record({
                status,
                hold,
                holdUntil,
                holdSince: holdUntil && at("13:55:00"),
                lastAct,
                dueAt,
                wasRehearsed: status === "discarded" && dueAt === null,
                wasSentBefore: status === "duplicate" && dueAt === null,
              }),
            );
  for (const category of failureCategories)
    for (const outcome of [null, ...outcomes])
      for (const hold of [null, ...holds])
        for (const isSameAgain of [true, false])
          for (const tries of [0, 3])
            look(
              failed(
                {
                  category,
                  outcome,
                  isSameAgain,
                  comesBack: tries === 0,
                  statusCode: isSameAgain ? 500 : null,
                },
                { hold, tries, triesAgainAt: tries === 3 ? at("20:00:00") : null, subject: null },
              ),
              tries === 0 ? given.actions : ["see", "retry"],
            );
  for (const notice of Object.values(notices)) expect(notice).not.toMatch(internal);
  expect([...seen].sort()).toEqual([
    "closed: Closed – not sent",
    "needs_you: Maybe delivered",
    "needs_you: Not delivered",
    "on_it: Sending…",
    "on_it: Trying again",
    "on_it: Waiting",
    "sent: Delivered",
    "sent: Sent before",
  ]);
});
