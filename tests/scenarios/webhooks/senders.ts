// Senders of webhooks, who sign as each vendor documents it, written from those pages alone.
//
//   https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
//   https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
//   https://docs.stripe.com/webhooks#verify-manually
//   https://docs.slack.dev/authentication/verifying-requests-from-slack
//   https://shopify.dev/docs/apps/build/webhooks/subscribe/https
import { createHmac } from "node:crypto";
import type { InboundKind, InboundOptions } from "#lib/core/inbound/kinds.ts";

type Signing = { id: string; atMs: number; secret: string };
export type Headers = Record<string, string>;

export type Sender = {
  kind: InboundKind;
  options?: InboundOptions;
  secret: string;
  otherSecret: string;
  /** Whether the time is signed as well. */
  isTimed: boolean;
  body: (id: string) => string;
  /** What comes with the body. */
  sign: (body: string, signing: Signing) => Headers;
};

const seconds = (ms: number): string => String(Math.floor(ms / 1_000));
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text, "utf8");
const json = { "content-type": "application/json" };

export const standardWebhooks: Sender = {
  kind: "standard_webhooks",
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  otherSecret: "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  isTimed: true,
  body: (id) => JSON.stringify(anEvent({ product: id })),
  sign(body, { id, atMs, secret }) {
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const signature = hmac(key, `${id}.${seconds(atMs)}.${body}`).digest("base64");
    return {
      ...json,
      "webhook-id": id,
      "webhook-timestamp": seconds(atMs),
      "webhook-signature": `v1,${signature}`,
    };
  },
};

export const github: Sender = {
  kind: "github",
  secret: "It's a Secret to Everybody",
  otherSecret: "It's a Secret to Nobody",
  isTimed: false,
  body: (id) => JSON.stringify({ action: "opened", issue: { id } }),
  sign: (body, { id, secret }) => ({
    ...json,
    "x-github-event": "issues",
    "x-github-delivery": id,
    "x-hub-signature-256": `sha256=${hmac(secret, body).digest("hex")}`,
  }),
};

export const stripe: Sender = {
  kind: "stripe",
  secret: "whsec_stripe_of_the_tests",
  otherSecret: "whsec_stripe_of_others",
  isTimed: true,
  body: (id) => JSON.stringify({ id, object: "event", type: "charge.succeeded" }, null, 2),
  sign: (body, { atMs, secret }) => ({
    "content-type": "application/json; charset=utf-8",
    "stripe-signature": `t=${seconds(atMs)},v1=${hmac(secret, `${seconds(atMs)}.${body}`).digest("hex")},v0=${"6".repeat(64)}`,
  }),
};

export const slack: Sender = {
  kind: "slack",
  secret: "8f742231b10e8888abcd99yyyzzz85a5",
  otherSecret: "8f742231b10e8888abcd99yyyzzz85a6",
  isTimed: true,
  body: (id) => JSON.stringify({ type: "event_callback", event_id: id, event: { type: "app_mention" } }),
  sign: (body, { atMs, secret }) => ({
    ...json,
    "x-slack-request-timestamp": seconds(atMs),
    "x-slack-signature": `v0=${hmac(secret, `v0:${seconds(atMs)}:${body}`).digest("hex")}`,
  }),
};

export const shopify: Sender = {
  kind: "shopify",
  secret: "shpss_of_the_tests",
  otherSecret: "shpss_of_others",
  isTimed: false,
  body: (id) => JSON.stringify({ id, email: "jón@example.com" }),
  sign: (body, { id, secret }) => ({
    ...json,
    "x-shopify-topic": "orders/create",
    "x-shopify-webhook-id": id,
    "x-shopify-hmac-sha256": hmac(secret, body).digest("base64"),
  }),
};

export const senders = [standardWebhooks, github, stripe, slack, shopify];

/** What each vendor's page gives as an example with its signature: those that give one. */
export const knownAnswers: { sender: Sender; body: string; signing: Signing; header: [string, string] }[] = [
  {
    sender: standardWebhooks,
    body: '{"test": 2432232314}',
    signing: {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      atMs: 1_614_265_330_000,
      secret: standardWebhooks.secret,
    },
    header: ["webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="],
  },
  {
    sender: github,
    body: "Hello, World!",
    signing: { id: "none", atMs: 0, secret: github.secret },
    header: [
      "x-hub-signature-256",
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    ],
  },
  {
    sender: slack,
    body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    signing: { id: "none", atMs: 1_531_420_618_000, secret: slack.secret },
    header: ["x-slack-signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"],
  },
];

type EventOf = { type?: string; campaign?: string; customer?: string; product?: string; timestamp?: string };

/** What happened to a mail, as the newsletter's sender tells it. */
export const anEvent = ({
  type = "email.clicked",
  campaign = "winter",
  customer = "ada",
  product = "lamp",
  timestamp = "2026-11-23T10:00:00Z",
}: EventOf = {}) => ({ type, timestamp, data: { campaign, customer, product } });
