// What became of calls is added up in the database a few seconds later; while it is away, nothing of it is lost.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InboundCount } from "#db/writes/count-inbound.ts";
import { countCalls, keptMax } from "#lib/inbound/counts.ts";
import { createLog } from "#lib/node/log.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-01-02T03:04:05Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

const log = createLog("test", "silent");
const round = () => vi.advanceTimersByTimeAsync(2_000);

/** A database that takes, fails or hangs as the test says; and what it was given, and took. */
function aStore() {
  const asked: InboundCount[][] = [];
  const taken: InboundCount[] = [];
  let now: "takes" | "fails" | Promise<void> = "takes";
  const add = async (counts: readonly InboundCount[]) => {
    asked.push([...counts]);
    if (now === "fails") throw new Error("away");
    await now;
    taken.push(...counts);
  };
  return {
    add,
    asked,
    from: (next: typeof now) => {
      now = next;
    },
    sum: (of: "accepted" | "duplicates" | "refused" | "notStored", source = "mail") =>
      taken.filter((each) => each.source === source).reduce((all, each) => all + each[of], 0),
  };
}

test("a write that hangs is not joined by another, and what comes meanwhile goes with the next", async () => {
  const store = aStore();
  const counts = countCalls(store.add, log);
  const hanging = Promise.withResolvers<void>();
  store.from(hanging.promise);
  counts.accepted("mail", false);
  await round();
  counts.accepted("mail", true);
  await round();
  await round();
  expect(store.asked).toHaveLength(1);

  // Whoever stops waits for what is under way, and writes the rest.
  const stopped = counts.stop();
  hanging.resolve();
  await stopped;
  expect(store.asked).toHaveLength(2);
  expect([store.sum("accepted"), store.sum("duplicates")]).toEqual([2, 1]);
});

test("a write that hung and failed when all ended is written by the end all the same", async () => {
  const store = aStore();
  const counts = countCalls(store.add, log);
  const hanging = Promise.withResolvers<void>();
  store.from(hanging.promise);
  counts.notStored("mail");
  await round();
  await round();
  const stopped = counts.stop();
  store.from("takes");
  hanging.reject(new Error("cut"));
  await stopped;
  expect(store.sum("notStored")).toBe(1);
});

test("while the database is away each count is kept, with the last refusal, and written once", async () => {
  const store = aStore();
  const counts = countCalls(store.add, log);
  store.from("fails");
  for (const why of ["first", "second", "third"]) {
    counts.refused("mail", why);
    counts.accepted("mail", false);
    await round();
  }
  store.from("takes");
  counts.refused("other", "else");
  await round();
  await counts.stop();
  expect([store.sum("refused"), store.sum("accepted"), store.sum("refused", "other")]).toEqual([3, 3, 1]);
  const [mail] = store.asked.at(-1) ?? [];
  expect(mail).toMatchObject({ source: "mail", refusal: "third", minute: "2026-01-02T03:04:00.000Z" });
});

test("of more minutes than are kept the oldest are forgotten, however long the database is away", async () => {
  const store = aStore();
  const counts = countCalls(store.add, log);
  const hanging = Promise.withResolvers<void>();
  store.from(hanging.promise);
  for (let nth = 0; nth < keptMax; nth++) counts.notStored(`before-${nth}`);
  await round();
  for (let nth = 0; nth < keptMax; nth++) counts.notStored(`since-${nth}`);
  hanging.reject(new Error("away"));
  store.from("takes");
  await round();
  await counts.stop();
  expect(store.asked.map((each) => each.length)).toEqual([keptMax, keptMax]);
  expect([store.sum("notStored", "before-9999"), store.sum("notStored", "since-0")]).toEqual([0, 1]);
});
