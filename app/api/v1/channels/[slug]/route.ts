import { readChannel } from "#db/reads/channels.ts";
import { deleteChannel } from "#db/writes/delete-channel.ts";
import { patchChannel } from "#db/writes/patch-channel.ts";
import * as operations from "#lib/contract/operations/channels.ts";
import { ifMatchVersion } from "#lib/server/if-match.ts";
import { Refusal } from "#lib/server/problem.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getChannel, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: async ({ params, deps }) => {
    const channel = await readChannel(deps.db, params.slug);
    if (!channel) throw new Refusal("not_found", `There is no channel "${params.slug}".`);
    return channel;
  },
});

export const PATCH = serve(operations.patchChannel, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: ({ params, input, caller, deps, request }) =>
    patchChannel(deps.sql, { slug: params.slug, patch: input, ifVersion: ifMatchVersion(request) }, caller),
});

export const DELETE = serve(operations.deleteChannel, {
  run: ({ params, caller, deps, request }) =>
    deleteChannel(deps.sql, { ...params, ifVersion: ifMatchVersion(request) }, caller),
});
