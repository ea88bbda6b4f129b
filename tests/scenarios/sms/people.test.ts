// B4, B8 and B9: the one of a hundred that does not heal is known at once, by canaries and alerts in Slack, by mail and to a
// webhook; and whose own text was not delivered tries it again.
import { afterAll, beforeAll, expect, test } from "vitest";
import { PATCH as patchRule } from "#app/api/v1/alert-rules/[slug]/route.ts";
import { POST as runCanary } from "#app/api/v1/canaries/[slug]/run/route.ts";
import { POST as postCanary } from "#app/api/v1/canaries/route.ts";
import { POST as postChannel } from "#app/api/v1/channels/route.ts";
import { POST as retryOwn } from "#app/api/v1/my/records/[id]/retry/route.ts";
import { GET as getMine } from "#app/api/v1/my/records/route.ts";
import { POST as mint } from "#app/api/v1/portal-tokens/route.ts";
import { POST as postProvider } from "#app/api/v1/providers/route.ts";
import { PUT as putRoutes } from "#app/api/v1/routes/route.ts";
import { GET as getMetrics } from "#app/metrics/route.ts";
import { type Api, anApi, bootstrapKey, call } from "#tests/integration/api/app.ts";
import {
  aWorker,
  enqueueMany,
  enqueueWith,
  eventually,
  statusOf,
  untilStatus,
} from "#tests/support/engine.ts";
import { type MailServer, startMailServer } from "#tests/support/mail-server.ts";
import { aProviderServer, ok, type ProviderServer, says } from "#tests/support/provider-server.ts";
import { aSlackDouble, type SlackDouble } from "#tests/support/slack-double.ts";
import type { Worker } from "#worker/main.ts";

const as = { key: bootstrapKey };
let api: Api;
let worker: Worker;
let carrier: ProviderServer;
let hook: ProviderServer;
let slack: SlackDouble;
let mail: MailServer;
beforeAll(async () => {
  api = await anApi({ REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" });
  [carrier, hook] = [await aProviderServer(), await aProviderServer()];
  [slack, mail] = [await aSlackDouble(["C0000OPS"]), await startMailServer()];
  const made = async (handler: typeof postChannel, body: unknown) => {
    const { status, text } = await call(handler, { as, body });
    expect(status, text).toBe(201);
  };
  const quick = { breaker: { probeEveryMs: 500, goodTrials: 1 }, name: "Carrier" };
  await made(postProvider, { slug: "sms", url: `${carrier.url}/sms`, ...quick });
  await made(postProvider, { slug: "canaried", url: `${carrier.url}/canaried` });
  const auth = { kind: "header", name: "Authorization", value: `Bearer ${slack.token}` };
  await made(postProvider, { slug: "slack", url: slack.url, adapter: "slack", auth });
  const options = { from: "redrive@shop.example", requireTls: false };
  await made(postProvider, { slug: "email", url: mail.url, adapter: "email", options });
  await made(postProvider, { slug: "webhook", url: `${hook.url}/alerts` });
  await made(postChannel, { slug: "ops", kind: "slack", provider: "slack", address: "C0000OPS" });
  await made(postChannel, {
    slug: "on-call",
    kind: "email",
    provider: "email",
    address: "night@shop.example",
  });
  await made(postChannel, { slug: "pager", kind: "webhook", provider: "webhook" });
  const items = ["ops", "on-call", "pager"].map((channel) => ({ subject: "alert", channel }));
  const { status, text } = await call(putRoutes, { as, method: "PUT", body: { items } });
  expect(status, text).toBe(200);
  worker = await aWorker(api.url, {
    REDRIVE_SECRET: process.env.REDRIVE_SECRET ?? "",
    NEXTAUTH_URL: process.env.NEXTAUTH_URL ?? "",
  });
});
afterAll(async () => {
  await worker.stop();
  for (const server of [carrier, hook, slack, mail]) await server[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

/** What each channel was told that says this: Slack, mails, the webhook. */
const toldOf = (words: string) => ({
  slack: slack.messages.filter(({ blocks }) => JSON.stringify(blocks).includes(words)).length,
  mails: mail.got.filter(({ text }) => text.replace(/=\r\n/g, "").includes(words)).length,
  hook: hook.received.filter(({ body }) => body.includes(words)).length,
});

test("B4: a canary that comes back too late, or wrong, is told at once; one that is well is not", async () => {
  const canary = { slug: "end-to-end", provider: "canaried", cron: "0 4 * * *", payload: { to: "us" } };
  const expected = { expect: { status: 200, jsonPath: "$.queued", equals: true }, limitMs: 400 };
  expect((await call(postCanary, { as, body: { ...canary, ...expected } })).status).toBe(201);
  const run = () => call(runCanary, { as, params: { slug: "end-to-end" }, body: {} });
  const ended = (count: number) =>
    eventually(async () => {
      const runs = await api.sql<{ ok: boolean | null; error: string | null }[]>`
        select ok, error from redrive.canary_runs where canary = 'end-to-end' order by due_at`;
      expect(runs).toHaveLength(count);
      const last = runs.at(-1);
      if (last?.ok == null) throw new Error("it is under way");
      return last;
    });
  carrier.answer(says(200, { queued: true }));
  await run();
  expect(await ended(1)).toEqual({ ok: true, error: null });
  expect(toldOf("end-to-end")).toEqual({ slack: 0, mails: 0, hook: 0 });
  carrier.answer((received, response) => {
    setTimeout(() => says(200, { queued: true })(received, response), 600);
  });
  await run();
  expect((await ended(2)).ok).toBe(false);
  await eventually(() => expect(toldOf("end-to-end")).toEqual({ slack: 1, mails: 1, hook: 1 }), 45_000);
  carrier.answer(ok);
  await run();
  expect((await ended(3)).ok).toBe(false);
  // Nothing of it is business.
  const [business] =
    await api.sql`select count(*)::int as n from redrive.throughput where provider = 'canaried' and delivered > 0`;
  expect(business?.n).toBe(0);
});

test("B8: a breaker that stays open is told in Slack, by mail and to a webhook, and that it is over", async () => {
  const body = { forMs: 1_000, params: { calmMs: 1_000 } };
  const { status, text } = await call(patchRule, {
    as,
    params: { slug: "breaker-open" },
    method: "PATCH",
    body,
  });
  expect(status, text).toBe(200);
  carrier.answer(says(503));
  await enqueueMany(api.sql, "sms", 40);
  await eventually(() => expect(toldOf("breaker is open")).toEqual({ slack: 1, mails: 1, hook: 1 }), 45_000);
  // What an autoscaler reads meanwhile: records that are due, and how many workers they are worth.
  const metrics = await (await getMetrics()).text();
  expect(metrics).toMatch(/provider="sms"/);
  expect(metrics).toMatch(/redrive_workers_desired \d/);
  carrier.answer(ok);
  // In Slack the same message says that it is over.
  await eventually(() => {
    const [message, ...others] = slack.messages.filter(({ versions }) =>
      JSON.stringify(versions).includes("breaker is open"),
    );
    expect(others).toEqual([]);
    expect(JSON.stringify(message?.blocks)).toContain("Resolved");
    expect(mail.got.some(({ text }) => text.includes("Resolved"))).toBe(true);
    expect(hook.received.some(({ body: said }) => said.includes('"resolved"'))).toBe(true);
  }, 90_000);
});

test("B9: who sent a text that was not delivered sees it, and tries it again", async () => {
  carrier.answer(says(422, { message: "number is not in service" }));
  const id = await enqueueWith(
    api.sql,
    "canaried",
    { owner: "customer-7", subject: "Text to Grace" },
    { to: "1" },
  );
  await untilStatus(api.sql, id, "failed");
  const { body } = await call(mint, { as, body: { owner: "customer-7", actions: ["see", "retry"] } });
  const own = { key: String(body.token) };
  const mine = await call(getMine, { as: own, path: "/api/v1/my/records" });
  expect(mine.body.items.map((record) => record.id)).toEqual([id]);
  expect(mine.text).toContain("Text to Grace");
  carrier.answer(ok);
  expect((await call(retryOwn, { as: own, params: { id }, body: {} })).status).toBe(200);
  await untilStatus(api.sql, id, "delivered");
  expect((await statusOf(api.sql, id)).status).toBe("delivered");
});
