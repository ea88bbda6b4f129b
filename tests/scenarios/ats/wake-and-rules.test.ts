// A5 and A6: what wakes a worker, and what a provider's errors mean.
import { afterAll, beforeAll, expect, test } from "vitest";
import { cancelRetry } from "#db/writes/cancel-retry.ts";
import { rejectRecord } from "#db/writes/reject-record.ts";
import { reopenRecord } from "#db/writes/reopen-record.ts";
import { retryRecord } from "#db/writes/retry-record.ts";
import type { ProviderHandle } from "#simulator/server.ts";
import { ada, aScene, quick, type Scene } from "#tests/scenarios/scene.ts";
import { enqueue, enqueueMany, eventually, standing, statusOf } from "#tests/support/engine.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await aScene({ workers: 2 });
  // Each job that anybody adds, also when a worker has taken it since.
  await scene.sql.unsafe(`
    create table added_jobs (task text not null, provider text);
    create function note_job() returns trigger language plpgsql as $$
    begin
      insert into public.added_jobs
      select identifier, new.payload ->> 'provider' from graphile_worker._private_tasks where id = new.task_id;
      return null;
    end
    $$;
    create trigger note_job after insert on graphile_worker._private_jobs for each row execute function note_job()`);
});
afterAll(() => scene[Symbol.asyncDispose]());

const jobsOf = async (slug: string): Promise<number> => {
  const [row] = await scene.sql<{ jobs: number }[]>`
    select count(*)::int as jobs from added_jobs where task = 'drain' and provider = ${slug}`;
  return row?.jobs ?? 0;
};

/** How often a worker took the provider up. */
const takings = async (slug: string): Promise<number> => {
  const [row] = await scene.sql<{ epoch: number }[]>`
    select epoch from redrive.provider_state where provider = ${slug}`;
  return row?.epoch ?? 0;
};

/** Nobody has it, nor is about to: a sweep that had read that something was due may look once more. */
const rest = async (slug: string): Promise<void> => {
  await eventually(async () => {
    const [row] = await scene.sql`select owner from redrive.provider_state where provider = ${slug}`;
    expect(row?.owner).toBeNull();
  });
  await scene.passes(1_500);
};

test("A5: an insert wakes once, and the attempts that follow, with all their updates, never", async () => {
  const { sql } = scene;
  const ats = await scene.provider("woken", quick, { errorShare: 0.4 });
  await enqueueMany(sql, "woken", 60);
  await eventually(async () =>
    expect(await standing(sql, "woken")).toMatchObject({ delivered: 60, queued: 0 }),
  );
  const { received } = ats.counts();
  expect(received).toBeGreaterThan(70);
  expect(await jobsOf("woken")).toBe(1);
  await rest("woken");
  const before = await takings("woken");
  // One job, and the looks of the clock when a wait was over: nothing in proportion to the updates.
  expect(before).toBeLessThan(received / 3);
  await scene.passes(2_500);
  expect(await takings("woken")).toBe(before);
  expect(ats.counts().received).toBe(received);
});

test("A5: what people do to records and providers adds no job, and goes round in no circle", async () => {
  const { sql } = scene;
  const ats = await scene.provider("handled", quick, { reject: { path: "n", pattern: "^$", message: "no" } });
  const ids = await enqueueMany(sql, "handled", 6);
  await eventually(async () => expect(await standing(sql, "handled")).toMatchObject({ failed: 6 }));
  await rest("handled");
  const jobs = await jobsOf("handled");
  const [retried = "", taken = "", rejected = "", reopened = ""] = ids;
  await rejectRecord(sql, { id: rejected, reason: "stale", code: "other" }, ada);
  await rejectRecord(sql, { id: reopened, reason: "stale", code: "other" }, ada);
  await reopenRecord(sql, { id: reopened, reason: "not stale" }, ada);
  await retryRecord(sql, { id: taken }, ada);
  await cancelRetry(sql, taken, ada);
  await retryRecord(sql, { id: retried, at: new Date().toISOString() }, ada);
  await scene.change("handled", { slowMs: 20_000 });
  await eventually(async () =>
    expect(await standing(sql, "handled")).toMatchObject({ failed: 5, queued: 0 }),
  );
  await eventually(async () => expect((await statusOf(sql, retried)).attempts).toBe(2));
  await rest("handled");
  const before = await takings("handled");
  await scene.passes(2_500);
  expect(await jobsOf("handled")).toBe(jobs);
  expect(await takings("handled")).toBe(before);
  // Six, and the one that a person sent again.
  expect(ats.counts().received).toBe(7);
});

/** An ATS that says 500 to everything; only what stands in its answers tells the kinds apart. */
const rules = [
  {
    when: { status: 500, jsonPath: "$.error", equals: "invalid" },
    outcome: "invalid" as const,
    say: "The ATS says: {$.message}",
  },
  { when: { status: 500, jsonPath: "$.error", equals: "duplicate" }, outcome: "duplicate" as const },
];
const blunt = {
  refuseAs: 500,
  conflictOnDuplicate: true,
  reject: { path: "score", pattern: "^\\d+$", message: "score must be a number" },
};

/** Forty good records, four with bad data, and one that the ATS has already: its answer to the first call was lost. */
async function send(slug: string, ats: ProviderHandle) {
  const { sql } = scene;
  ats.set({ lostReplyShare: 1 });
  const had = await enqueue(sql, slug, { score: 1 });
  await eventually(() => expect(ats.counts().accepted).toBe(1));
  ats.set({ lostReplyShare: 0, errorShare: 0.3 });
  const bad = await Promise.all([1, 2, 3, 4].map(() => enqueue(sql, slug, { score: "good" })));
  const good = await Promise.all(Array.from({ length: 40 }, (_, score) => enqueue(sql, slug, { score })));
  await eventually(async () => {
    for (const id of good) expect((await statusOf(sql, id)).status).toBe("delivered");
    expect((await standing(sql, slug)).queued).toBe(0);
  });
  return { had, bad };
}

test("A6: invalid is dropped with a trace, duplicate counts as delivered, the rest is tried again", async () => {
  const { sql } = scene;
  const ats = await scene.provider("told-apart", { ...quick, rules, onInvalid: "discard" }, blunt);
  const { had, bad } = await send("told-apart", ats);
  expect((await statusOf(sql, had)).status).toBe("duplicate");
  for (const id of bad) {
    expect(await statusOf(sql, id)).toMatchObject({
      status: "discarded",
      lastError: "The ATS says: score must be a number",
    });
  }
  expect(await standing(sql, "told-apart")).toMatchObject({
    accepted: 45,
    delivered: 41,
    failed: 0,
    queued: 0,
  });
  // What the ATS failed at by itself was tried again, and arrived once.
  expect(ats.counts()).toMatchObject({ keys: 41, doubled: 0 });
  expect(ats.counts().received).toBeGreaterThan(48);
});

test("A6: where the policy says so invalid records wait for the data team, and a failure means bad data", async () => {
  const { sql } = scene;
  const ats = await scene.provider("kept-apart", { ...quick, rules }, blunt);
  const { bad } = await send("kept-apart", ats);
  // A bad system comes on top.
  ats.set({ outage: "503" });
  await enqueueMany(sql, "kept-apart", 10);
  await eventually(() => expect(ats.counts().received).toBeGreaterThan(60));
  ats.set({ outage: "none", errorShare: 0, reject: null });
  await eventually(async () => expect(await standing(sql, "kept-apart")).toMatchObject({ queued: 0 }));
  const failures = await sql`
    select record_id, category, team, message from redrive.failures where provider = 'kept-apart'`;
  expect(failures.map(({ recordId }) => recordId).sort()).toEqual([...bad].sort());
  for (const failure of failures) {
    expect(failure).toMatchObject({
      category: "client_data",
      team: "client_data",
      message: "The ATS says: score must be a number",
    });
  }
});
