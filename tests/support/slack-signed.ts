// What Slack sends when somebody presses a button, signed as Slack does.
import { createHmac } from "node:crypto";

export const signingSecret = "slack-signing-secret-of-the-tests";

type Interaction = Record<string, unknown>;

/** A body and its headers. What is given wrong is what a test is about. */
export function signedBySlack(
  payload: Interaction | string,
  { secret = signingSecret, atMs = Date.now() }: { secret?: string; atMs?: number } = {},
): { body: string; headers: Record<string, string> } {
  const body =
    typeof payload === "string"
      ? payload
      : new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(atMs / 1_000));
  const digest = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
  return {
    body,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${digest}`,
    },
  };
}

type Press = {
  action: string;
  value?: string;
  user: string;
  triggerId: string;
  responseUrl?: string;
  channel?: string;
};

/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export const aPress = ({
  action,
  value,
  user,
  triggerId,
  responseUrl,
  channel = "C0000001",
}: Press): Interaction => ({
  type: "block_actions",
  user: { id: user, username: "someone", name: "someone", team_id: "T0000001" },
  api_app_id: "A0000001",
  token: "an old verification token",
  container: { type: "message", message_ts: "1700000000.000001", channel_id: channel, is_ephemeral: false },
  trigger_id: triggerId,
  team: { id: "T0000001", domain: "double" },
  enterprise: null,
  is_enterprise_install: false,
  channel: { id: channel, name: "failures" },
  message: { type: "message", ts: "1700000000.000001", text: "12 records failed" },
  state: { values: {} },
  ...(responseUrl === undefined ? {} : { response_url: responseUrl }),
  actions: [
    {
      action_id: action,
      block_id: "message.1",
      text: { type: "plain_text", text: "Press", emoji: false },
      ...(value === undefined ? {} : { value }),
      type: "button",
      action_ts: "1700000001.000001",
    },
  ],
});

type Submission = { user: string; reason: string | null; memory: string; callback?: string };

/** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
export const aSubmission = ({
  user,
  reason,
  memory,
  callback = "group.reject",
}: Submission): Interaction => ({
  type: "view_submission",
  team: { id: "T0000001", domain: "double" },
  user: { id: user, username: "someone", name: "someone", team_id: "T0000001" },
  api_app_id: "A0000001",
  trigger_id: `${Math.random()}.submission`,
  view: {
    id: "V0000001",
    type: "modal",
    callback_id: callback,
    private_metadata: memory,
    state: { values: { reason: { reason: { type: "plain_text_input", value: reason } } } },
    hash: "1700000000.abc",
  },
  response_urls: [],
});
