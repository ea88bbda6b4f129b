// What others call without a session or a key: a link's holder, Slack, and whoever reads this description.

import { z } from "zod";
import * as examples from "#lib/contract/examples.ts";
import { operation } from "#lib/contract/operation.ts";
import { RecordId } from "#lib/contract/record.ts";
import { Recover, Recovered } from "#lib/contract/recovery.ts";
import { SlackAnswer } from "#lib/contract/slack.ts";
import { Slug } from "#lib/contract/slug.ts";

export const useRecoveryLink = operation({
  id: "useRecoveryLink",
  method: "POST",
  path: "/recoveries/{token}",
  tag: "Outside",
  summary: "Runs a failure group again, or rejects it, by a link that was sent to somebody",
  description:
    "The link is good once. A session, where there is one, must be that of the person whom it was sent to.",
  may: { proof: "link" },
  params: z.object({ token: z.string().min(1).max(200) }),
  input: Recover,
  output: Recovered,
  problems: ["not_found", "forbidden", "conflict", "gone"],
  example: {
    params: { token: "q8Zr0lY0mJvJ3h3o2n1x9w7u5t4s2r1q0p9o8n7m6l5" },
    input: { runAgain: true },
    output: { ...examples.groupAct, did: "retried" },
  },
});

export const answerSlack = operation({
  id: "answerSlack",
  method: "POST",
  path: "/slack/interactions",
  tag: "Outside",
  summary: "Slack's buttons and modals",
  description:
    "Slack calls it, with its signature over the body: a form with one field, `payload`. A press is answered without a body; a modal that cannot be taken, with what is wrong.",
  may: { proof: "signature" },
  takes: "application/x-www-form-urlencoded",
  input: z.object({ payload: z.string() }),
  output: SlackAnswer.optional(),
  example: {
    input: { payload: '{"type": "view_submission", …}' },
    output: { response_action: "errors", errors: { reason: "Say why: it is what the next person reads." } },
  },
});

export const receiveWebhook = operation({
  id: "receiveWebhook",
  method: "POST",
  path: "/inbound/{source}",
  tag: "Outside",
  summary: "Takes a webhook, and answers once it is stored",
  description:
    "The body is what the sender sends: any JSON, signed as the source's kind says. A second call with the sender's id of a first one stores nothing, and is answered with the first record's id. Whatever is not stored is never answered with a success: a sender tries again after 408, 429 and 503.",
  may: { proof: "signature" },
  servedBefore: true,
  params: z.object({ source: Slug }),
  takes: "application/json",
  input: z.unknown(),
  output: z.object({ id: RecordId, duplicate: z.boolean() }),
  status: 202,
  problems: ["too_slow"],
  besides: [
    {
      status: 200,
      when: "Slack's question whether this address is one of ours, answered",
      output: z.object({ challenge: z.string() }),
      example: { challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P" },
    },
  ],
  example: {
    params: { source: "shop" },
    input: { id: "evt_1", type: "order.created", data: { order: 7 } },
    output: { id: examples.recordId, duplicate: false },
  },
});

export const getOpenApi = operation({
  id: "getOpenApi",
  method: "GET",
  path: "/openapi.json",
  tag: "Outside",
  summary: "This description, as OpenAPI 3.1",
  may: { proof: "none" },
  output: z.looseObject({ openapi: z.string() }),
  example: { output: { openapi: "3.1.1" } },
});
