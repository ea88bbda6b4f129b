// The example order service as an application runs it: a process of its own, set up by the commands of its README, beside a
// worker with its continuations, the API, the webhooks' front door, and third parties that do as the test says.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort } from "#bin/free-port.ts";
import { type Api, anApi, bootstrapKey } from "#tests/integration/api/app.ts";
import { type ApiServer, anApiServer } from "#tests/support/api-server.ts";
import { aWorker, eventually } from "#tests/support/engine.ts";
import { type Process, run } from "#tests/support/processes.ts";
import { aProviderServer, ok, type ProviderServer, says } from "#tests/support/provider-server.ts";
import { aWebServer, type WebServer } from "#tests/support/web-server.ts";
import { loadApplication } from "#worker/application.ts";
import type { Worker } from "#worker/main.ts";

const root = new URL("../..", import.meta.url).pathname;
const readme = readFileSync(`${root}/examples/order-service/README.md`, "utf8");
const [, , third = "", fourth = ""] = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block);
const exportsOf = (block: string) =>
  Object.fromEntries(
    [...block.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );

let api: Api;
let http: ApiServer;
let web: WebServer;
let parties: ProviderServer;
let worker: Worker;
let service: Process;
let url: string;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [`${root}/bin/build-clients.mjs`]);
  api = await anApi({ REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" });
  http = await anApiServer();
  web = await aWebServer({ databaseUrl: api.url });
  parties = await aProviderServer();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  service = run("../examples/order-service/service.ts", {
    ...exportsOf(third.replaceAll("http://localhost:3000", http.url)),
    DATABASE_URL: api.url,
    REDRIVE_API_KEY: bootstrapKey,
    SERVICE_PORT: String(port),
  });
  [worker] = await Promise.all([
    aWorker(
      api.url,
      { REDRIVE_SECRET: process.env.REDRIVE_SECRET ?? "", REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" },
      await loadApplication({ REDRIVE_APPLICATION: "examples/order-service/continuations.ts" }),
    ),
    service.says(`listens at ${url}\n`),
    setUp(port),
  ]);
}, 30_000);
afterAll(async () => {
  await worker?.stop();
  await service?.[Symbol.asyncDispose]();
  for (const each of [parties, web, http, api]) await each?.[Symbol.asyncDispose]();
});
afterEach(() => parties.answer(ok));

/** The third terminal's commands as they stand there, but for the ports; the key and the service are there already. */
async function setUp(port: number): Promise<void> {
  const lines = third
    .replace(/^export (REDRIVE_API_KEY|DATABASE_URL)=.*\n/gm, "")
    .replace(/^node_modules.*service\.ts\n/m, "")
    .replaceAll("http://localhost:3000", http.url)
    .replaceAll("http://127.0.0.1:4100", parties.url)
    .replaceAll("127.0.0.1:4002", `127.0.0.1:${port}`);
  const env = { ...process.env, REDRIVE_API_KEY: bootstrapKey };
  // What npx finds here, without the second that it takes.
  const npx = 'npx() { shift; node bin/redrive.mjs "$@"; }';
  const { stdout } = await promisify(execFile)("bash", ["-ec", `${npx}\n${lines}`], { cwd: root, env });
  expect(stdout).toMatch(/✓ warehouse .*✓ billing .*✓ order-events .*"slug":"carrier"/s);
}

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

/** The carrier's own program. */
async function carrierSays(id: string): Promise<string> {
  const env = { REDRIVE_URL: web.url, CARRIER_SECRET: exportsOf(fourth).CARRIER_SECRET ?? "" };
  await using carrier = run("../examples/order-service/carrier.ts", env, { args: [id] });
  await carrier.ended;
  return carrier.output();
}

test("an order goes from step to step, each owed once, and ends with the carrier's webhook", async () => {
  const id = await order();
  await untilStatus(id, "INVOICED");
  const sent = parties.received.filter(({ body }) => body.includes(id));
  expect(sent.map((each) => each.url)).toEqual(["/p/warehouse/reserve", "/p/billing/invoice"]);
  expect(await show(id)).toMatchObject({ step: { provider: "billing", delivery: "delivered" } });
  expect(await carrierSays(id)).toMatch(/^202 .*"duplicate":false/);
  // It is not sure that it was heard.
  expect(await carrierSays(id)).toMatch(/^202 .*"duplicate":true/);
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

test("a webhook that comes before its order is that far is told to come again, and counts then", async () => {
  parties.answer(says(422, { error: "no such article" }));
  const id = await order();
  const secret = new Webhook(exportsOf(third).WEBHOOK_SECRET ?? "");
  const now = new Date();
  const tells = () =>
    post("/webhooks", shipped(id), {
      "webhook-id": `early-${id}`,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
      "webhook-signature": secret.sign(`early-${id}`, now, JSON.stringify(shipped(id))),
    });
  expect((await tells()).status).toBe(503);
  await api.sql`update orders set status = 'INVOICED' where id = ${id}`;
  expect((await tells()).status).toBe(204);
  expect((await tells()).status).toBe(204);
  expect(await show(id)).toMatchObject({ status: "SHIPPED" });
});

test("orders and steps that nobody knows are refused in words", async () => {
  expect((await fetch(`${url}/orders/7`)).status).toBe(404);
  expect((await post("/elsewhere")).status).toBe(404);
  expect((await fetch(`${url}/orders`, { method: "POST", body: "{" })).status).toBe(422);
});
