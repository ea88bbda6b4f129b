import { z } from "zod";
import { readChannel } from "#db/reads/channels.ts";
import { deleteChannel } from "#db/writes/delete-channel.ts";
import { patchChannel } from "#db/writes/patch-channel.ts";
import { Channel, DeletedChannel, PatchChannel, SavedChannel } from "#lib/contract/channel.ts";
import { Slug } from "#lib/contract/slug.ts";
import { ifMatchVersion } from "#lib/server/if-match.ts";
import { Refusal } from "#lib/server/problem.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

const params = z.object({ slug: Slug });

export const GET = route({
  may: "see",
  params,
  output: Channel,
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: async ({ params, deps }) => {
    const channel = await readChannel(deps.db, params.slug);
    if (!channel) throw new Refusal("not_found", `There is no channel "${params.slug}".`);
    return channel;
  },
});

export const PATCH = route({
  may: "manage_desk",
  params,
  input: PatchChannel,
  output: SavedChannel,
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: ({ params, input, caller, deps, request }) =>
    patchChannel(deps.sql, { slug: params.slug, patch: input, ifVersion: ifMatchVersion(request) }, caller),
});

export const DELETE = route({
  may: "manage_desk",
  params,
  output: DeletedChannel,
  run: ({ params, caller, deps }) => deleteChannel(deps.sql, params.slug, caller),
});
