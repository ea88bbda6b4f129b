import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { ChannelsScreen } from "#components/settings/channels-screen.tsx";
import { readChannels, readRoutes } from "#db/reads/channels.ts";
import { readTeams } from "#db/reads/teams.ts";
import { channelsQuery, routesQuery } from "#lib/client/channels.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { teamsQuery } from "#lib/client/teams.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Channels" };

export default async function ChannelsPage() {
  // Who may not change them is told so on the page.
  const caller = await pageCaller("see", "/settings/channels");
  const client = makeQueryClient();
  if (caller.may("manage_desk")) {
    const { db } = deps();
    await Promise.all([
      client.query({ ...channelsQuery(), queryFn: () => readChannels(db) }),
      client.query({ ...routesQuery(), queryFn: () => readRoutes(db) }),
      client.query({ ...teamsQuery(), queryFn: () => readTeams(db) }),
    ]);
  }
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ChannelsScreen />
    </HydrationBoundary>
  );
}
