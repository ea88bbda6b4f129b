// D2, D3 and D6: an order that can't go on asks a person where they are: in Slack, by a callback, in the API that the
// dashboard uses. Each team hears of its own failures, once a group, and who knows the data corrects it.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { POST as postChannel } from "#app/api/v1/channels/route.ts";
import { POST as postGroupRetry } from "#app/api/v1/failures/groups/[id]/retry/route.ts";
import { GET as getGroups } from "#app/api/v1/failures/groups/route.ts";
import { POST as postProvider } from "#app/api/v1/providers/route.ts";
import { POST as postRetry } from "#app/api/v1/records/[id]/retry/route.ts";
import { POST as recover } from "#app/api/v1/recoveries/[token]/route.ts";
import { PUT as putRoutes } from "#app/api/v1/routes/route.ts";
import { POST as interact } from "#app/api/v1/slack/interactions/route.ts";
import { call, type Person } from "#tests/integration/api/app.ts";
import { anOrderService, type OrderService } from "#tests/scenarios/orders/order-service.ts";
import { eventually, untilStatus } from "#tests/support/engine.ts";
import { aProviderServer, ok, type ProviderServer, says } from "#tests/support/provider-server.ts";
import { aSlackDouble, type SlackDouble, type SlackMessage } from "#tests/support/slack-double.ts";
import { aPress, aSubmission, signedBySlack, signingSecret } from "#tests/support/slack-signed.ts";

const tech = "C0000TECH";
const data = "C0000DATA";

let orders: OrderService;
let slack: SlackDouble;
let erp: ProviderServer;
let ana: Person;
let dora: Person;
beforeAll(async () => {
  slack = await aSlackDouble([tech, data]);
  erp = await aProviderServer();
  orders = await anOrderService(
    {
      rules: [{ when: { status: 409 }, outcome: "invalid", team: "technical", say: "{$.message}" }],
      edit: { allowed: ["/article"], locked: [] },
    },
    { REDRIVE_SLACK_SIGNING_SECRET: signingSecret, REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" },
  );
  ana = await orders.person("support_tech", "Ana");
  dora = await orders.person("support_data", "Dora");
  await orders.sql`update redrive.users set slack_user_id = 'U0000ANA' where id = ${ana.id}`;
  const as = orders.admin;
  const made = async (handler: typeof postChannel, body: unknown) =>
    expect((await call(handler, { as, body })).status).toBe(201);
  const auth = { kind: "header", name: "Authorization", value: `Bearer ${slack.token}` };
  await made(postProvider, { slug: "slack", url: slack.url, adapter: "slack", auth });
  await made(postProvider, { slug: "erp-hook", url: `${erp.url}/failures` });
  await made(postChannel, { slug: "tech", kind: "slack", provider: "slack", address: tech });
  await made(postChannel, { slug: "data", kind: "slack", provider: "slack", address: data });
  await made(postChannel, { slug: "erp", kind: "webhook", provider: "erp-hook" });
  const items = [
    { subject: "failures", channel: "tech", team: "technical" },
    { subject: "failures", channel: "data", team: "client_data" },
    { subject: "failures", channel: "erp", provider: "finish" },
  ];
  const { status, text } = await call(putRoutes, { as, method: "PUT", body: { items } });
  expect(status, text).toBe(200);
});
beforeEach(() => {
  for (const step of ["create", "check", "finish"]) orders.answer(step, ok);
});
afterAll(async () => {
  await orders[Symbol.asyncDispose]();
  await slack[Symbol.asyncDispose]();
  await erp[Symbol.asyncDispose]();
});

const said = ({ blocks }: Pick<SlackMessage, "blocks">): string => JSON.stringify(blocks);

/** The one message that says this, in its channel. */
const told = (channel: string, words: string): Promise<SlackMessage> =>
  eventually(() => {
    const found = slack.messages.filter((message) => said(message).includes(words));
    expect(found.map((message) => message.channel)).toEqual([channel]);
    return found[0] as SlackMessage;
  });

const buttonOf = ({ blocks }: SlackMessage, action: string) => {
  const elements = blocks.flatMap((block) => (block.type === "actions" ? block.elements : []));
  const button = elements.find(({ action_id }) => action_id === action);
  if (button?.type !== "button") throw new Error(`the message has no button ${action}`);
  return button;
};

/** Ana presses one of the message's own buttons. */
async function press(message: SlackMessage, action: string): Promise<void> {
  const { value } = buttonOf(message, action);
  const { body, headers } = signedBySlack(
    aPress({
      action,
      value,
      user: "U0000ANA",
      triggerId: slack.trigger(),
      responseUrl: slack.responseUrl(),
      channel: message.channel,
    }),
  );
  expect((await call(interact, { body, headers })).status).toBe(200);
}

/** An order of which a step is refused for good. */
async function aStuckOrder(step: string, status: number, message: string, payload = {}): Promise<string> {
  orders.answer(step, says(status, { message }));
  const order = await orders.order({ article: "A-1", ...payload });
  const record = await eventually(() => orders.stepOf(order, step));
  await untilStatus(orders.sql, record, "failed");
  return order;
}

test("D2: Run again, pressed in Slack, finishes the order, and the message says who pressed", async () => {
  const order = await aStuckOrder("check", 409, "The warehouse is closed for stocktaking");
  const message = await told(tech, "closed for stocktaking");
  expect(await orders.statusOf(order)).toBe("CREATED");
  orders.answer("check", ok);
  await press(message, "group.retry");
  await orders.untilStatus(order, "FINISHED");
  // The same message, changed in place; nothing is left to press.
  await eventually(async () => {
    const now = await told(tech, "closed for stocktaking");
    expect(said(now)).toContain("Ana");
    expect(() => buttonOf(now, "group.retry")).toThrow("no button");
  });
});

test("D2: Reject, pressed in Slack with a reason, ends the order as REJECTED", async () => {
  const order = await aStuckOrder("check", 409, "This supplier has gone out of business");
  const message = await told(tech, "gone out of business");
  await press(message, "group.reject");
  const { view } = await eventually(() => {
    const opened = slack.views.at(-1);
    if (!opened) throw new Error("no modal");
    return opened;
  });
  const memory = String(view.private_metadata);
  const { body, headers } = signedBySlack(
    aSubmission({ user: "U0000ANA", reason: "We take another supplier", memory }),
  );
  expect((await call(interact, { body, headers })).status).toBe(200);
  await orders.untilStatus(order, "REJECTED");
  const [row] = await orders.sql`select reason from orders where id = ${order}`;
  expect(row?.reason).toBe("We take another supplier");
});

test("D2: another system answers by the signed callback that its message brings", async () => {
  const order = await aStuckOrder("finish", 409, "The period is closed in the books");
  const callback = await eventually(() => {
    const [hook] = erp.received.filter(({ body }) => body.includes("closed in the books"));
    const url = hook?.body.match(/[^"]+\/api\/v1\/recoveries\/[^"]+/)?.[0];
    if (!url) throw new Error("no callback came");
    return url;
  });
  orders.answer("finish", ok);
  const token = callback.split("/").at(-1) ?? "";
  const answer = () => call(recover, { params: { token }, body: { runAgain: true } });
  expect((await answer()).status).toBe(200);
  await orders.untilStatus(order, "FINISHED");
  // Once.
  expect((await answer()).status).toBe(409);
});

test("D2: the dashboard runs a group again by the API, and who comes later is told who was first", async () => {
  const order = await aStuckOrder("check", 409, "The price list is being changed");
  const { body } = await call(getGroups, { as: ana, path: "/api/v1/failures/groups?q=price%20list" });
  const [group] = body.items;
  orders.answer("check", ok);
  const run = (as: Person) => call(postGroupRetry, { as, params: { id: group?.id ?? "" }, body: {} });
  expect((await run(ana)).status).toBe(200);
  await orders.untilStatus(order, "FINISHED");
  const late = await run(orders.admin);
  expect(late).toMatchObject({ status: 409, body: { by: `Ana <${ana.email}>` } });
});

test("D3: invalid data goes to those who know the data, who correct it and run it again", async () => {
  const order = await aStuckOrder("create", 422, "article B-99 does not exist", { article: "B-99" });
  await told(data, "does not exist");
  const id = await orders.stepOf(order, "create");
  orders.answer("create", (received, response) =>
    (JSON.parse(received.body).article === "B-9" ? ok : says(422))(received, response),
  );
  const correct = (payload: unknown) =>
    call(postRetry, {
      as: dora,
      params: { id },
      body: { payload, reason: "A typing error", at: new Date().toISOString() },
    });
  // No more than the article is theirs to change.
  const refused = await correct({ article: "B-9", discount: 50 });
  expect(refused).toMatchObject({ status: 422, text: expect.stringContaining("discount") });
  expect((await correct({ article: "B-9" })).status).toBe(200);
  await orders.untilStatus(order, "FINISHED");
});

test("D6: twenty failures of two kinds are two messages, each in its team's channel, with how many there are", async () => {
  const before = slack.messages.length;
  const refusals: Record<number, ReturnType<typeof says>> = {
    1: says(409, { message: "The label printer is out" }),
    2: says(422, { message: "size 99 is unknown" }),
  };
  orders.answer("check", (received, response) =>
    (refusals[JSON.parse(received.body).n % 10] ?? ok)(received, response),
  );
  await Promise.all(Array.from({ length: 100 }, (_, n) => orders.order({ article: "A-1", n })));
  await eventually(async () => {
    expect(said(await told(tech, "label printer is out"))).toContain("10 records");
    expect(said(await told(data, "is unknown"))).toContain("10 records");
  }, 45_000);
  expect(slack.messages.length - before).toBe(2);
});
