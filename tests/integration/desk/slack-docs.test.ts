// docs/slack.md, tried as it is written: each example is sent to the API, and a test of the channel arrives.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { POST as testChannel } from "#app/api/v1/channels/[slug]/test/route.ts";
import { POST as createChannel } from "#app/api/v1/channels/route.ts";
import { POST as createProvider } from "#app/api/v1/providers/route.ts";
import { PUT as putRoutes } from "#app/api/v1/routes/route.ts";
import { WebhookMessage } from "#lib/contract/message.ts";
import { type Api, anApi, call } from "#tests/integration/api/app.ts";
import { aWorker, eventually } from "#tests/support/engine.ts";
import { type MailServer, startMailServer } from "#tests/support/mail-server.ts";
import { aProviderServer, type ProviderServer } from "#tests/support/provider-server.ts";
import { aSlackDouble, type SlackDouble } from "#tests/support/slack-double.ts";
import type { Worker } from "#worker/main.ts";

const page = readFileSync(new URL("../../../docs/slack.md", import.meta.url), "utf8");
const secret = "redrive-secret-of-the-tests-0123456789ab";

let api: Api;
let worker: Worker;
let slack: SlackDouble;
let mail: MailServer;
let hook: ProviderServer;
beforeAll(async () => {
  api = await anApi();
  slack = await aSlackDouble(["C0123456789"]);
  mail = await startMailServer({
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: (_, __, done) => done(null, { user: "redrive" }),
  });
  hook = await aProviderServer();
  worker = await aWorker(api.url, { REDRIVE_SECRET: secret });
});
afterAll(async () => {
  await worker.stop();
  await Promise.all([slack, mail, hook].map((server) => server[Symbol.asyncDispose]()));
  await api[Symbol.asyncDispose]();
});

test("the examples are taken, and a test of each channel arrives", async () => {
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) =>
    JSON.parse(here(json ?? "")),
  );
  expect(examples).toHaveLength(7);
  const as = api.admin;
  const channels: string[] = [];
  for (const body of examples) {
    const kind = "items" in body ? "routes" : "url" in body ? "provider" : "channel";
    const answer =
      kind === "routes"
        ? await call(putRoutes, { as, method: "PUT", body })
        : await call(kind === "provider" ? createProvider : createChannel, { as, body });
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: kind === "routes" ? 200 : 201 });
    if (kind === "channel") channels.push(body.slug);
  }
  for (const slug of channels) {
    expect((await call(testChannel, { as, params: { slug }, body: {} })).status).toBe(201);
  }
  await eventually(() =>
    expect(slack.messages).toMatchObject([{ channel: "C0123456789", text: "A test of the channel Orders" }]),
  );
  await eventually(() =>
    expect(mail.got.map(({ to }) => to[0]).sort()).toEqual(["ana@shop.example", "bo@shop.example"]),
  );
  const [received] = await eventually(() => {
    expect(hook.received).toHaveLength(1);
    return hook.received;
  });
  expect(WebhookMessage.parse(JSON.parse(received?.body ?? ""))).toMatchObject({
    event: "test",
    subject: "test",
  });
  expect(received?.headers["webhook-signature"]).toMatch(/^v1,/);
});

test("the webhook's shape is the documented one", () => {
  const [, json = ""] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  const shown = JSON.parse(
    json.replace(/\s\/\/ .*$/gm, "").replaceAll("0193…", "0191e2a4-5b6c-7d8e-9f01-23456789abcd"),
  );
  expect(WebhookMessage.strict().parse(shown)).toEqual(shown);
  expect(Object.keys(shown).sort()).toEqual(Object.keys(WebhookMessage.shape).sort());
});

test("the app's manifest asks for what the code uses, and no more", () => {
  const [, manifest = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  expect([...manifest.matchAll(/^ {6}- (\S+)$/gm)].map(([, scope]) => scope)).toEqual(["chat:write"]);
  expect(manifest).toContain("/api/v1/slack/interactions");
});

/** The servers of this test in place of the page's. */
const here = (json: string): string =>
  json
    .replace("https://slack.com/api/", slack.url)
    .replace("Bearer xoxb-…", `Bearer ${slack.token}`)
    .replace("smtp://mail.example:587", mail.url)
    .replace('"options": { "from"', '"options": { "requireTls": false, "from"')
    .replace("https://pager.example/redrive", `${hook.url}/redrive`)
    .replace("whsec_…", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
