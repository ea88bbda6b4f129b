// A3: one access token, kept in the database, for every record and every worker.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PatchKnobs } from "#lib/contract/simulator.ts";
import { aScene, changesOf, delivered, quick, type Scene } from "#tests/scenarios/scene.ts";
import { aWorker, enqueueMany, eventually, standing, stateOf } from "#tests/support/engine.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await aScene({ workers: 2 });
});
afterAll(() => scene[Symbol.asyncDispose]());

const tenant = (tokenUrl: string) => ({
  kind: "oauth2_client_credentials" as const,
  tokenUrl,
  clientId: "redrive",
  clientSecret: "the first secret",
});

/** An ATS that lets nobody in without a token; a tenth of `tokenSeconds` before its end one is renewed. */
async function anAts(slug: string, knobs: PatchKnobs = {}) {
  const { url } = scene.simulator.provider(slug);
  return scene.provider(
    slug,
    { ...quick, auth: tenant(`${url}/token`) },
    { requireToken: true, clientSecret: "the first secret", ...knobs },
  );
}

test("A3: one token serves every record, every client of the tenant and both workers", async () => {
  const { sql, workers } = scene;
  const ats = await anAts("tenant", { latency: { medianMs: 20 } });
  // One integration for each of the tenant's clients: other providers, the same credentials.
  const clients = Array.from({ length: 8 }, (_, nth) => `client-${nth}`);
  const auth = tenant(`${ats.url}/token`);
  for (const slug of clients) await scene.provider(slug, { ...quick, url: `${ats.url}/${slug}`, auth });
  // Whoever is quicker takes a client: some rounds, until both have had one.
  const delivering = new Set<string>();
  let sent = 0;
  await eventually(async () => {
    await Promise.all(clients.map((slug) => enqueueMany(sql, slug, 20)));
    sent += 20 * clients.length;
    await eventually(async () => {
      for (const worker of workers) if (worker.drains.active().length > 0) delivering.add(worker.id);
      expect(ats.counts().accepted).toBe(sent);
    });
    expect(delivering.size).toBe(workers.length);
  }, 40_000);
  expect(ats.counts()).toMatchObject({ received: sent, accepted: sent, tokensIssued: 1 });
});

test("A3: a worker that starts anew fetches no token, for the one in the database lasts", async () => {
  const ats = await anAts("kept");
  await delivered(scene, "kept");
  const [kept] = await scene.sql`select sealed from redrive.tokens order by fetched_at desc limit 1`;
  expect(kept?.sealed).toMatch(/^v2\./);
  await Promise.all(scene.workers.splice(0).map((worker) => worker.stop()));
  scene.workers.push(await aWorker(scene.url), await aWorker(scene.url));
  expect((await delivered(scene, "kept")).attempts).toBe(1);
  expect(ats.counts()).toMatchObject({ received: 2, tokensIssued: 1 });
});

test("A3: a token that is about to end is renewed before it does, so that none is ever refused", async () => {
  const ats = await anAts("short", { tokenSeconds: 3 });
  const startedMs = performance.now();
  let records = 0;
  await eventually(async () => {
    await delivered(scene, "short");
    records += 1;
    expect(ats.counts().tokensIssued).toBeGreaterThanOrEqual(3);
  });
  const lives = (performance.now() - startedMs) / 2_700;
  expect(ats.counts().tokensIssued).toBeLessThanOrEqual(Math.ceil(lives) + 1);
  expect(ats.counts().accepted).toBe(records);
  expect(ats.last(100).filter(({ status }) => status === 401)).toEqual([]);
});

test("A3: a token that ended while nothing was sent is not tried", async () => {
  const ats = await anAts("slept", { tokenSeconds: 1 });
  await delivered(scene, "slept");
  await scene.passes(1_200);
  await delivered(scene, "slept");
  expect(ats.counts()).toMatchObject({ received: 2, accepted: 2, tokensIssued: 2 });
});

test("A3: a token that is refused under many requests is renewed once, and costs no record an attempt", async () => {
  const { sql } = scene;
  const ats = await anAts("revoked", { latency: { medianMs: 50 } });
  await enqueueMany(sql, "revoked", 600);
  await eventually(() => expect(ats.inFlight()).toBeGreaterThan(5));
  ats.revokeTokens();
  await eventually(async () => expect((await standing(sql, "revoked")).delivered).toBe(600), 40_000);
  expect(ats.counts()).toMatchObject({ accepted: 600, doubled: 0, tokensIssued: 2 });
  expect(ats.counts().received).toBeGreaterThan(600);
  const [most] = await sql`
    select max(attempt) as attempt, bool_or(kind <> 'delivered') as trouble
    from redrive.events join redrive.outbox on outbox.id = events.record_id
    where outbox.provider = 'revoked'`;
  expect(most).toEqual({ attempt: 1, trouble: false });
});

test("A3: a rotated secret stops deliveries without failing a record; with the new one they go on by themselves", async () => {
  const { sql } = scene;
  // The next test of the breaker is an hour away: only the new secret can be the reason to go on.
  const ats = await anAts("rotated");
  await scene.change("rotated", { breaker: { probeEveryMs: 3_600_000 } });
  await delivered(scene, "rotated");
  ats.set({ clientSecret: "the second secret" });
  ats.revokeTokens();
  await enqueueMany(sql, "rotated", 50);
  await eventually(async () =>
    expect(await stateOf(sql, "rotated")).toMatchObject({ breaker: "open", breakerReason: "unauthorized" }),
  );
  expect(await standing(sql, "rotated")).toMatchObject({ queued: 50, failed: 0 });
  const [charged] =
    await sql`select max(attempts)::int as most from redrive.queue where provider = 'rotated'`;
  expect(charged?.most).toBe(0);

  await scene.change("rotated", {
    auth: {
      ...tenant(`${ats.url}/token`),
      clientSecret: "the second secret",
      scope: null,
      audience: null,
      send: "basic",
    },
  });
  await eventually(async () =>
    expect(await standing(sql, "rotated")).toMatchObject({ delivered: 51, queued: 0, failed: 0 }),
  );
  expect(ats.counts()).toMatchObject({ accepted: 51, doubled: 0, tokensIssued: 2 });
  expect((await changesOf(scene, "rotated")).at(-1)?.breaker).toBe("closed");
});
