// The double itself, asked by Slack's own client: what it takes and refuses is what Slack would.
import { WebClient } from "@slack/web-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aSlackDouble, type SlackDouble } from "#tests/support/slack-double.ts";

let slack: SlackDouble;
let client: WebClient;
beforeAll(async () => {
  slack = await aSlackDouble();
  client = new WebClient(slack.token, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
});
afterAll(() => slack[Symbol.asyncDispose]());

const channel = "C0000001";
const text = { type: "section", text: { type: "mrkdwn", text: "Hello" } };
const button = (id: string) => ({
  type: "button",
  action_id: id,
  text: { type: "plain_text", text: "Run again" },
});

test("a message is posted, and updated in place", async () => {
  const { ts = "" } = await client.chat.postMessage({ channel, text: "Hello", blocks: [text] });
  await client.chat.update({ channel, ts, text: "Hello again" });
  expect(slack.messages).toMatchObject([{ channel, ts, text: "Hello again", blocks: [] }]);
  expect(slack.messages[0]?.versions.map(({ text }) => text)).toEqual(["Hello", "Hello again"]);
});

test.each<[string, object[]]>([
  ["an unknown block", [{ type: "fancy" }]],
  ["a member that is not known", [{ ...text, colour: "red" }]],
  ["an empty text", [{ type: "section", text: { type: "mrkdwn", text: "" } }]],
  ["a text over 3,000", [{ type: "section", text: { type: "mrkdwn", text: "x".repeat(3_001) } }]],
  ["mrkdwn in a header", [{ type: "header", text: { type: "mrkdwn", text: "x" } }]],
  ["a header over 150", [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }]],
  ["eleven fields", [{ type: "section", fields: Array(11).fill({ type: "mrkdwn", text: "x" }) }]],
  ["two elements of one action id", [{ type: "actions", elements: [button("a"), button("a")] }]],
  ["26 elements", [{ type: "actions", elements: Array.from({ length: 26 }, (_, n) => button(`${n}`)) }]],
  ["51 blocks", Array(51).fill({ type: "divider" })],
])("%s is invalid_blocks", async (_, blocks) => {
  const post = client.chat.postMessage({ channel, text: "x", blocks: blocks as never });
  await expect(post).rejects.toMatchObject({ data: { error: "invalid_blocks" } });
});

test("a channel and a message that are not there, and a text without a word, are refused", async () => {
  const refused = (error: string) => ({ data: { error } });
  await expect(client.chat.postMessage({ channel: "C404", text: "x" })).rejects.toMatchObject(
    refused("channel_not_found"),
  );
  await expect(client.chat.postMessage({ channel, text: "" })).rejects.toMatchObject(refused("no_text"));
  await expect(client.chat.update({ channel, ts: "1.1", text: "x" })).rejects.toMatchObject(
    refused("message_not_found"),
  );
  const stranger = new WebClient("xoxb-other", { slackApiUrl: slack.url });
  await expect(stranger.auth.test()).rejects.toMatchObject(refused("invalid_auth"));
});

test("a modal opens once a trigger, and must have the documented shape", async () => {
  const view = {
    type: "modal" as const,
    title: { type: "plain_text" as const, text: "Reject" },
    submit: { type: "plain_text" as const, text: "Reject" },
    blocks: [
      {
        type: "input" as const,
        block_id: "reason",
        label: { type: "plain_text" as const, text: "Why?" },
        element: { type: "plain_text_input" as const, action_id: "reason", multiline: true },
      },
    ],
  };
  const trigger_id = slack.trigger();
  expect(await client.views.open({ trigger_id, view })).toMatchObject({ ok: true });
  expect(slack.views).toMatchObject([{ triggerId: trigger_id, view: { title: { text: "Reject" } } }]);
  await expect(client.views.open({ trigger_id, view })).rejects.toMatchObject({
    data: { error: "exchanged_trigger_id" },
  });
  const { submit: _, ...unsubmittable } = view;
  await expect(client.views.open({ trigger_id: slack.trigger(), view: unsubmittable })).rejects.toMatchObject(
    { data: { error: "invalid_arguments" } },
  );
});

test("it can be limited, and be down", async () => {
  slack.is({ retryAfterSeconds: 7 });
  const limited = new WebClient(slack.token, { slackApiUrl: slack.url, rejectRateLimitedCalls: true });
  await expect(limited.auth.test()).rejects.toMatchObject({ retryAfter: 7 });
  slack.is("down");
  await expect(client.auth.test()).rejects.toThrow();
  slack.is("well");
  expect(await client.auth.test()).toMatchObject({ ok: true });
  expect(slack.calls.slice(-3).map(({ answered }) => answered)).toEqual(["ratelimited", "down", "ok"]);
});
