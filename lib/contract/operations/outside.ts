// What others call without a session or a key: a link's holder, Slack, and whoever reads this description.
import { z } from "zod";
import { operation } from "#lib/contract/operation.ts";
import { Recover, Recovered } from "#lib/contract/recovery.ts";
import { SlackAnswer } from "#lib/contract/slack.ts";

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
});

export const getOpenApi = operation({
  id: "getOpenApi",
  method: "GET",
  path: "/openapi.json",
  tag: "Outside",
  summary: "This description, as OpenAPI 3.1",
  may: { proof: "none" },
  output: z.looseObject({ openapi: z.string() }),
});
