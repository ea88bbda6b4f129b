import { readChannels } from "#db/reads/channels.ts";
import { createChannel } from "#db/writes/create-channel.ts";
import { Channels, CreateChannel, SavedChannel } from "#lib/contract/channel.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  output: Channels,
  run: async ({ deps }) => ({ items: await readChannels(deps.db), next: null }),
});

export const POST = route({
  may: "manage_desk",
  input: CreateChannel,
  output: SavedChannel,
  status: 201,
  headers: ({ slug, version }) => ({ etag: `"${version}"`, location: `/api/v1/channels/${slug}` }),
  run: ({ input, caller, deps }) => createChannel(deps.sql, input, caller),
});
