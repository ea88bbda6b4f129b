import { randomUUID } from "node:crypto";
import { z } from "zod";
import { testChannel } from "#db/writes/test-channel.ts";
import { TestedChannel } from "#lib/contract/channel.ts";
import { testPayloads } from "#lib/contract/message-payload.ts";
import { Slug } from "#lib/contract/slug.ts";
import { testMessage } from "#lib/core/message-content.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  input: z.strictObject({}),
  output: TestedChannel,
  status: 201,
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
