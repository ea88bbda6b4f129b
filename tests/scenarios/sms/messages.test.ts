// B1, B5, B6, B7 and B10: text messages through third parties that fail in every way, and what each of them then becomes.
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getRecords } from "#app/api/v1/records/route.ts";
import { readEnv } from "#lib/node/env.ts";
import { type Api, anApi, bootstrapKey, call } from "#tests/integration/api/app.ts";
import { aScene, holdOf, quick, type Scene } from "#tests/scenarios/scene.ts";
import { enqueue, enqueueMany, enqueueWith, eventually, standing, statusOf } from "#tests/support/engine.ts";
import { aProviderServer, ok, type ProviderServer, says } from "#tests/support/provider-server.ts";
import { defineApplication } from "#worker/application.ts";
import { startWorker } from "#worker/main.ts";

type Told = { recordId: string; error: string | null };
let scene: Scene;
let server: ProviderServer;
/** Which texts their senders were told of at once. */
const toldOf: Told[] = [];
/** The carrier stumbles over texts with this word. */
let unlucky = "stubborn";
beforeAll(async () => {
  const tasks = {
    "tell-the-sender": async (payload: unknown) => {
      toldOf.push(payload as Told);
    },
  };
  scene = await aScene({ workers: 2, application: { tasks } });
  server = await aProviderServer((received, response) => {
    if (received.body.includes("no credit")) says(402, { error: "balance is empty" })(received, response);
    // After others that left with it have got through: so it is not the carrier's fault.
    else if (received.body.includes(unlucky)) setTimeout(() => says(500)(received, response), 200);
    else if (received.body.includes("warned"))
      says(200, { warning: "sender is not verified" })(received, response);
    else ok(received, response);
  });
});
afterAll(async () => {
  await scene[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** How long after an attempt that counted the next one was planned, in minutes. */
async function waitsOf(id: string): Promise<number[]> {
  const rows = await scene.sql<{ minutes: number }[]>`
    select extract(epoch from (detail ->> 'dueAt')::timestamptz - at)::float8 / 60 as minutes
    from redrive.events
    where record_id = ${id} and detail ? 'dueAt' and detail ->> 'charged' = 'true'
    order by at`;
  return rows.map(({ minutes }) => minutes);
}

test("B1: a text that fails waits threefold each time, 1, 3, 9 and 27 minutes, each time a little other", async () => {
  const { sql } = scene;
  await scene.provider("carrier", { url: `${server.url}/sms`, autoRedrive: false });
  // Its batch size grows.
  await enqueueMany(sql, "carrier", 100);
  await eventually(async () => expect((await standing(sql, "carrier")).queued).toBe(0));
  const stubborn: string[] = [];
  for (let nth = 0; nth < 3; nth += 1) {
    stubborn.push(await enqueue(sql, "carrier", { text: "stubborn" }));
    await enqueueMany(sql, "carrier", 30);
  }
  const attemptsOf = async () => Promise.all(stubborn.map(async (id) => (await statusOf(sql, id)).attempts));
  // Five that count; one sent while nobody else got through does not.
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    await eventually(async () => {
      for (const [index, tries] of (await attemptsOf()).entries()) {
        const isOver = (await statusOf(sql, stubborn[index] ?? "")).status === "failed";
        expect(isOver || tries >= attempt).toBe(true);
      }
    });
    // Its minutes pass; others get through meanwhile.
    await enqueueMany(sql, "carrier", 30);
    await sql`update redrive.queue set due_at = clock_timestamp() where record_id = any (${stubborn}::uuid[])`;
  }
  for (const id of stubborn) {
    await eventually(async () => expect((await statusOf(sql, id)).status).toBe("failed"));
    const waits = await waitsOf(id);
    for (const [index, minutes] of [1, 3, 9, 27].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(0.79 * minutes);
      expect(waits[index]).toBeLessThanOrEqual(1.21 * minutes);
    }
  }
  const first = await Promise.all(stubborn.map(async (id) => (await waitsOf(id))[0]));
  expect(new Set(first).size).toBe(stubborn.length);
});

test("B5: one correlation id goes from the entry through each attempt's headers and every log line to the search", async () => {
  const lines: string[] = [];
  const api: Api = await anApi();
  const log = pino({ level: "debug" }, { write: (line: string) => lines.push(line) });
  const env = { NODE_ENV: "test" as const, DATABASE_URL: api.url, REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" };
  const worker = await startWorker(readEnv(env), { log, application: defineApplication({}) });
  try {
    await api.sql`
      insert into redrive.providers (slug, policy, updated_by)
      values ('traced', ${api.sql.json({
        name: "Traced",
        url: `${server.url}/traced`,
        backoff: { baseMs: 50, factor: 1, jitter: 0, attemptsMax: 3 },
      })}, 'test')`;
    const ask = { provider: "traced", correlation_id: "call-4711" };
    const id = await enqueueWith(
      api.sql,
      "traced",
      { correlation_id: ask.correlation_id },
      { text: "stubborn" },
    );
    const sent = () => server.received.filter(({ url }) => url === "/traced");
    await eventually(() => expect(sent().length).toBeGreaterThan(1));
    for (const { headers } of sent()) expect(headers["x-correlation-id"]).toBe("call-4711");
    await eventually(() => {
      const ofRecord = lines.filter((line) => line.includes(id));
      expect(ofRecord.length).toBeGreaterThan(1);
      for (const line of ofRecord) expect(JSON.parse(line).correlationId).toBe("call-4711");
    });
    const found = await call(getRecords, { as: { key: bootstrapKey }, path: "/api/v1/records?q=call-4711" });
    expect(found.body.items.map(({ id: each }) => each)).toEqual([id]);
  } finally {
    await worker.stop();
    await api[Symbol.asyncDispose]();
  }
});

test("B6: without credit a text fails at once and its sender is told; a warning stops nothing", async () => {
  const { sql } = scene;
  await scene.provider("prepaid", {
    url: `${server.url}/prepaid`,
    rules: [
      { when: { status: 402 }, outcome: "invalid", team: "technical", say: "No credit left: {$.error}" },
    ],
  });
  const options = { on_failed: "tell-the-sender" };
  const id = await enqueueWith(sql, "prepaid", options, { text: "no credit" });
  const warned = await enqueueWith(sql, "prepaid", options, { text: "warned" });
  await eventually(() => expect(toldOf.map(({ recordId }) => recordId)).toEqual([id]));
  expect(toldOf[0]?.error).toBe("No credit left: balance is empty");
  expect(await statusOf(sql, id)).toMatchObject({ status: "failed", attempts: 1 });
  await eventually(async () => expect((await statusOf(sql, warned)).status).toBe("delivered"));
  expect(await standing(sql, "prepaid")).toMatchObject({ failed: 1, queued: 0, delivered: 1 });
});

test("B7: a carrier is switched off, in shadow and for a share of the texts while all goes on", async () => {
  const { sql } = scene;
  const carrier = await scene.provider("flagged", quick);
  await scene.change("flagged", { flags: { enabled: false } });
  await enqueueMany(sql, "flagged", 5);
  expect((await holdOf(scene, "flagged")).hold).toBe("disabled");
  await scene.passes(1_000);
  expect(carrier.counts().received).toBe(0);
  await scene.change("flagged", { flags: { enabled: true } });
  await eventually(async () => expect((await standing(sql, "flagged")).queued).toBe(0));
  expect(carrier.counts().received).toBe(5);
  // Everything but the call.
  await scene.change("flagged", { flags: { shadow: true } });
  await scene.passes(1_500);
  await enqueueMany(sql, "flagged", 5);
  await eventually(async () => expect((await standing(sql, "flagged")).queued).toBe(0));
  expect(carrier.counts().received).toBe(5);
  await scene.change("flagged", { flags: { shadow: false, percentage: 50 } });
  await scene.passes(1_500);
  await enqueueMany(sql, "flagged", 200);
  await eventually(async () => expect((await standing(sql, "flagged")).queued).toBe(0));
  const share = (carrier.counts().received - 5) / 200;
  expect(share).toBeGreaterThan(0.3);
  expect(share).toBeLessThan(0.7);
});

test("B10: what failed for good is set aside, and comes back by itself once something gets through", async () => {
  const { sql } = scene;
  await scene.provider("revived", {
    ...quick,
    url: `${server.url}/revived`,
    backoff: { ...quick.backoff, attemptsMax: 1 },
  });
  await enqueueMany(sql, "revived", 100);
  await eventually(async () => expect((await standing(sql, "revived")).queued).toBe(0));
  for (let nth = 0; nth < 3; nth += 1) {
    await enqueue(sql, "revived", { text: "stubborn" });
    await enqueueMany(sql, "revived", 30);
  }
  await eventually(async () =>
    expect(await standing(sql, "revived")).toMatchObject({ failed: 3, queued: 0, delivered: 190 }),
  );
  unlucky = "nothing";
  await enqueueMany(sql, "revived", 5);
  await eventually(async () => {
    expect(await standing(sql, "revived")).toMatchObject({ failed: 0, queued: 0, delivered: 198 });
  }, 60_000);
});
