import { describe, expect, test } from "vitest";
import {
  type Check,
  checkBreakers,
  checkClock,
  checkHealth,
  checkJobs,
  checkMigrations,
  checkPartitions,
  checkQueues,
  checkSecrets,
  checkVersion,
  checkWorkers,
  sentenceOf,
  skewOf,
} from "#lib/core/checks.ts";

const inShort = ({ level, says }: Check) => `${level}: ${says}`;

test("what is wrong and its mend make one sentence", () => {
  expect(sentenceOf(checkMigrations({ newest: null, expected: 7 }))).toBe(
    "The database is not migrated: run npm run migrate first.",
  );
  expect(sentenceOf(checkMigrations({ newest: 7, expected: 7 }))).toBe(
    "The database is at this code's state.",
  );
});

test("a server older than 15 is refused", () => {
  expect(inShort(checkVersion({ number: 149_999, words: "14.9" }))).toBe("fail: PostgreSQL 14.9 is too old.");
  expect(checkVersion({ number: 150_000, words: "15.0" }).level).toBe("ok");
});

test("migrations and the job runner's tables: missing and newer are told apart", () => {
  expect(checkMigrations({ newest: 8, expected: 7 }).says).toContain("newer than this code");
  expect(checkMigrations({ newest: 6, expected: 7 }).says).toContain("not migrated");
  const jobs = (newest: number | null, newestBreaking: number | null) =>
    checkJobs({ newest, newestBreaking, expected: 20 });
  expect(jobs(null, null).level).toBe("fail");
  expect(jobs(19, 11).level).toBe("fail");
  expect(jobs(20, 11).level).toBe("ok");
  // A later revision that older code can work with.
  expect(jobs(21, 11).level).toBe("ok");
  expect(jobs(21, 21).says).toContain("newer");
});

test("missing partitions are named, and stop nothing", () => {
  expect(checkPartitions({ today: [], tomorrow: [] }).level).toBe("ok");
  expect(inShort(checkPartitions({ today: ["outbox_20261121"], tomorrow: ["outbox_20261122"] }))).toBe(
    "warn: Partitions are missing (outbox_20261121, outbox_20261122), and records wait in the default one.",
  );
});

describe("the clock", () => {
  const sample = (skewMs: number, wayMs = 10) => ({
    sentMs: 0,
    saidMs: wayMs / 2 + skewMs,
    receivedMs: wayMs,
  });

  test("is read from the sample with the shortest way", () => {
    expect(skewOf([sample(4_000, 9_000), sample(250, 2), sample(-4_000, 8_000)])).toBe(250);
  });

  test("5 s apart warns, a minute apart stops, in both directions", () => {
    expect(inShort(checkClock([sample(4_999)]))).toBe("ok: The database and this host are 4999 ms apart.");
    expect(inShort(checkClock([sample(-5_000)]))).toBe(
      "warn: The database's clock is 5 s behind this host's.",
    );
    expect(checkClock([sample(59_999)]).level).toBe("warn");
    expect(inShort(checkClock([sample(3_600_000)]))).toBe(
      "fail: The database's clock is 60 min ahead of this host's.",
    );
    expect(checkClock([sample(-60_000)]).level).toBe("fail");
  });
});

test("a secret that opens nothing stops; one that opens some names the others", () => {
  const sealed = ["ats", "sms"];
  const check = (isGiven: boolean, unopened: string[]) =>
    inShort(checkSecrets({ isGiven, sealed, unopened }));
  expect(inShort(checkSecrets({ isGiven: false, sealed: [], unopened: [] }))).toContain("ok:");
  expect(check(true, [])).toBe("ok: REDRIVE_SECRET opens the stored secrets of 2 providers.");
  expect(check(true, ["sms"])).toMatch(/^warn: .* of sms, /);
  expect(check(true, sealed)).toBe("fail: REDRIVE_SECRET opens no stored secret (ats, sms).");
  expect(check(false, sealed)).toMatch(/^fail: REDRIVE_SECRET is not set/);
});

test("one worker alive is needed, and the silent ones are named", () => {
  expect(inShort(checkWorkers([]))).toBe("fail: For 30 s no worker has said that it lives.");
  expect(checkWorkers([{ id: "a:1", silentMs: 30_000 }]).level).toBe("fail");
  expect(inShort(checkWorkers([{ id: "a:1", silentMs: 2_000 }]))).toBe(
    "ok: One worker lives, heard 2 s ago.",
  );
  expect(
    inShort(
      checkWorkers([
        { id: "a:1", silentMs: 2_000 },
        { id: "b:2", silentMs: 7_200_000 },
      ]),
    ),
  ).toBe("warn: One worker lives, heard 2 s ago; silent: b:2 for 2 h.");
});

describe("providers", () => {
  const provider = (slug: string, given: object = {}) => ({
    provider: slug,
    hold: null,
    breaker: { state: "closed", reason: null, sinceMs: null },
    oldestDueMs: null,
    hasOwner: true,
    ...given,
  });
  const breaker = { state: "open", reason: "failing", sinceMs: 240_000 };

  test("an open breaker is told, with how long and why", () => {
    expect(inShort(checkBreakers([provider("ats"), provider("sms", { breaker })]))).toBe(
      "warn: Open: sms for 4 min (failing).",
    );
    expect(checkBreakers([provider("ats")]).level).toBe("ok");
  });

  test("due records that nobody delivers are told, but not those that something holds", () => {
    const unowned = { hasOwner: false, oldestDueMs: 61_000 };
    expect(inShort(checkQueues([provider("ats", unowned)]))).toBe(
      "warn: Nobody delivers what is due for ats.",
    );
    expect(checkQueues([provider("ats", { ...unowned, hold: "paused" })]).level).toBe("ok");
    expect(checkQueues([provider("ats", { ...unowned, oldestDueMs: 59_000 })]).level).toBe("ok");
  });

  test("records that have been due for long are told with their age", () => {
    expect(inShort(checkQueues([provider("ats", { oldestDueMs: 660_000 })]))).toBe(
      "warn: Records have been due for long: ats (11 min).",
    );
    expect(inShort(checkQueues([provider("ats", { oldestDueMs: 3_000 })]))).toBe(
      "ok: The oldest record has been due for 3 s.",
    );
  });

  test("the ill ones are named with what their health checks said", () => {
    const ats = { provider: "ats", green: false, detail: "the health check said 503" };
    const sms = { provider: "sms", green: true, detail: "the health check said 200" };
    expect(inShort(checkHealth([ats, sms]))).toBe("warn: Ill: ats (the health check said 503).");
    expect(checkHealth([sms]).level).toBe("ok");
    expect(checkHealth([]).level).toBe("ok");
  });
});
