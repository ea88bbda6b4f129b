// The example order service as an application runs it: a process of its own, beside a worker with its continuations, the API,
// and third parties that do as the test says.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Api, anApi, bootstrapKey } from "#tests/integration/api/app.ts";
import { type ApiServer, anApiServer } from "#tests/support/api-server.ts";
import { aWorker, createdProvider, eventually } from "#tests/support/engine.ts";
import { type Process, run } from "#tests/support/processes.ts";
import { aProviderServer, ok, type ProviderServer, says } from "#tests/support/provider-server.ts";
import { loadApplication } from "#worker/application.ts";
import type { Worker } from "#worker/main.ts";

const root = new URL("../..", import.meta.url).pathname;
const secret = `whsec_${randomBytes(32).toString("base64")}`;

let api: Api;
let http: ApiServer;
let parties: ProviderServer;
let worker: Worker;
let service: Process;
let url: string;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [`${root}/bin/build-clients.mjs`]);
  api = await anApi();
  http = await anApiServer();
  parties = await aProviderServer();
  service = run("../examples/order-service/service.ts", {
    DATABASE_URL: api.url,
    REDRIVE_URL: http.url,
    REDRIVE_API_KEY: bootstrapKey,
    WEBHOOK_SECRET: secret,
    SERVICE_PORT: "0",
  });
  const said = await service.says(/listens at \S+\n/);
  url = /listens at (\S+)/.exec(said)?.[1] ?? "";
  worker = await aWorker(
    api.url,
    { REDRIVE_SECRET: process.env.REDRIVE_SECRET ?? "" },
    await loadApplication({ REDRIVE_APPLICATION: "examples/order-service/continuations.ts" }),
  );
  const backoff = { baseMs: 60_000, factor: 3, jitter: 0, attemptsMax: 1 };
  for (const step of ["warehouse", "billing"])
    await createdProvider(api.sql, step, { url: `${parties.url}/${step}`, backoff });
  // Made by the API, which seals the secret under the key that the worker has.
  const made = await fetch(`${http.url}/api/v1/providers`, {
    method: "POST",
    headers: { authorization: `Bearer ${bootstrapKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      slug: "order-events",
      url: `${url}/webhooks`,
      auth: { kind: "standard_webhooks", secrets: [secret] },
    }),
  });
  expect(made.status).toBe(201);
});
afterAll(async () => {
  await worker?.stop();
  await service?.[Symbol.asyncDispose]();
  for (const each of [parties, http, api]) await each?.[Symbol.asyncDispose]();
});
afterEach(() => parties.answer(ok));

type Shown = {
  id: string;
  status: string;
  reason: string | null;
  step: { provider: string; delivery: string };
};

const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body), headers });
const show = async (id: string): Promise<Shown> => (await fetch(`${url}/orders/${id}`)).json();
const order = async (quantity = 1): Promise<string> => {
  const response = await post("/orders", { article: "lamp", quantity });
  expect(response.status).toBe(201);
  const { id }: { id: string } = await response.json();
  return id;
};
const untilStatus = (id: string, status: string) =>
  eventually(async () => expect(await show(id)).toMatchObject({ status }));
const shipped = (id: string) => ({ event: "shipped", order: id });

/** As an inbound source stores what the carrier sends. */
const carrierSays = async (id: string): Promise<void> => {
  await api.sql`select redrive.enqueue('order-events', ${api.sql.json(shipped(id))})`;
};

test("an order goes from step to step, each owed once, and ends with the carrier's webhook", async () => {
  const id = await order();
  await untilStatus(id, "INVOICED");
  const sent = parties.received.filter(({ body }) => body.includes(id));
  expect(sent.map((each) => each.url)).toEqual(["/warehouse", "/billing"]);
  expect(await show(id)).toMatchObject({ step: { provider: "billing", delivery: "delivered" } });
  await carrierSays(id);
  await untilStatus(id, "SHIPPED");
});

test("what can't be stored owes nobody anything", async () => {
  expect((await post("/orders", { article: "lamp", quantity: 0 })).status).toBe(422);
  const before = await api.sql`select count(*) from redrive.outbox`;
  // Beyond what the column holds: the insert fails within the transaction.
  expect((await post("/orders", { article: "lamp", quantity: 3_000_000_000 })).status).toBe(500);
  expect(await api.sql`select count(*) from redrive.outbox`).toEqual(before);
});

test("a refused step is shown, tried again through the service, and the order goes on", async () => {
  parties.answer(says(422, { error: "no such article" }));
  const id = await order();
  await eventually(async () =>
    expect(await show(id)).toMatchObject({
      status: "NEW",
      step: { provider: "warehouse", delivery: "failed" },
    }),
  );
  parties.answer(ok);
  expect((await post(`/orders/${id}/try-again`)).status).toBe(202);
  await untilStatus(id, "INVOICED");
  expect((await post(`/orders/${id}/try-again`)).status).toBe(409);
});

test("a step that a person rejects ends the order, with their reason", async () => {
  parties.answer(says(422, { error: "no such article" }));
  const id = await order();
  await eventually(async () => expect(await show(id)).toMatchObject({ step: { delivery: "failed" } }));
  const [row] = await api.sql<{ recordId: string }[]>`select record_id from orders where id = ${id}`;
  const rejected = await fetch(`${http.url}/api/v1/records/${row?.recordId}/reject`, {
    method: "POST",
    headers: { authorization: `Bearer ${bootstrapKey}`, "content-type": "application/json" },
    body: JSON.stringify({ reason: "we do not sell it" }),
  });
  expect(rejected.status).toBe(200);
  await untilStatus(id, "REFUSED");
  expect(await show(id)).toMatchObject({ reason: "we do not sell it" });
});

test("a webhook without the right signature changes nothing", async () => {
  const id = await order();
  await untilStatus(id, "INVOICED");
  expect((await post("/webhooks", shipped(id))).status).toBe(401);
  const now = String(Math.floor(Date.now() / 1_000));
  const forged = { "webhook-id": "1", "webhook-timestamp": now, "webhook-signature": "v1,Zm9yZ2Vk" };
  expect((await post("/webhooks", shipped(id), forged)).status).toBe(401);
  expect(await show(id)).toMatchObject({ status: "INVOICED" });
});

test("orders and steps that nobody knows are refused in words", async () => {
  expect((await fetch(`${url}/orders/7`)).status).toBe(404);
  expect((await post("/elsewhere")).status).toBe(404);
  expect((await fetch(`${url}/orders`, { method: "POST", body: "{" })).status).toBe(422);
});
