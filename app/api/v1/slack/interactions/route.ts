// Slack's buttons and modals. No session and no key: Slack proves itself by its signature.
import * as operations from "#lib/contract/operations/outside.ts";
import { deps as ownDeps } from "#lib/server/deps.ts";
import { problemResponse } from "#lib/server/problem.ts";
import { serveAs } from "#lib/server/route.ts";
import { answerSlack } from "#lib/server/slack-interaction.ts";

export const dynamic = "force-dynamic";

export const POST = serveAs(operations.answerSlack, async (request) => {
  const deps = ownDeps();
  return answerSlack(request, deps).catch((error: unknown) => problemResponse(error, deps.log));
});
