import { readChannels } from "#db/reads/channels.ts";
import { createChannel } from "#db/writes/create-channel.ts";
import * as operations from "#lib/contract/operations/channels.ts";
import { serve } from "#lib/server/route.ts";
import { pageOf } from "#lib/server/whole-list.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listChannels, {
  run: async ({ query, deps }) => pageOf(await readChannels(deps.db), query, ({ slug }) => slug),
});

export const POST = serve(operations.createChannel, {
  headers: ({ slug, version }) => ({ etag: `"${version}"`, location: `/api/v1/channels/${slug}` }),
  run: ({ input, caller, deps }) => createChannel(deps.sql, input, caller),
});
