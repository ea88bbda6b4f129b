import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { TeamsScreen } from "#components/settings/teams-screen.tsx";
import { readTeams } from "#db/reads/teams.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { teamsQuery } from "#lib/client/teams.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Teams" };

export default async function TeamsPage() {
  // Who may not change them is told so on the page.
  const caller = await pageCaller("see", "/settings/teams");
  const client = makeQueryClient();
  if (caller.may("manage_desk")) await client.query({ ...teamsQuery(), queryFn: () => readTeams(deps().db) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <TeamsScreen />
    </HydrationBoundary>
  );
}
