import { randomUUID } from "node:crypto";
import { testChannel } from "#db/writes/test-channel.ts";
import { testPayloads } from "#lib/contract/message-payload.ts";
import * as operations from "#lib/contract/operations/channels.ts";
import { testMessage } from "#lib/core/message-content.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.testChannel, {
  headers: ({ recordId }) => ({ location: `/api/v1/records/${recordId}` }),
  run: ({ params, caller, deps }) => {
    const address = deps.env.NEXTAUTH_URL ?? `http://localhost:${deps.env.PORT}`;
    return testChannel(
      deps.sql,
      params.slug,
      (channel) =>
        testPayloads(channel, testMessage(channel, caller.actor, address.replace(/\/+$/, "")), randomUUID()),
      caller,
    );
  },
});
