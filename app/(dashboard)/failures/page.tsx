import { dehydrate, HydrationBoundary, type QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { FailuresScreen } from "#components/failures/failures-screen.tsx";
import { readFailureGroup, readFailureGroups } from "#db/reads/failure-groups.ts";
import { readFailures } from "#db/reads/failures.ts";
import { readTeamFigures } from "#db/reads/team-figures.ts";
import { readTeams } from "#db/reads/teams.ts";
import { loadFailureFilter } from "#lib/client/failure-params.ts";
import {
  countsInput,
  countsQuery,
  type FailureFilter,
  failuresInput,
  failuresQuery,
  isShownAsGroups,
  meOf,
} from "#lib/client/failures.ts";
import { groupQuery, groupsInput, groupsQuery } from "#lib/client/groups.ts";
import { addressOf } from "#lib/client/next-path.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { teamFiguresQuery, teamsQuery } from "#lib/client/teams.ts";
import { FailuresQuery } from "#lib/contract/failure.ts";
import { FailureGroupsQuery, GroupId } from "#lib/contract/group.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Failures" };

export default async function FailuresPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const caller = await pageCaller("see", addressOf("/failures", await searchParams));
  const filter = await loadFailureFilter(searchParams);
  const client = makeQueryClient();
  await load(client, filter, meOf(caller));
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <FailuresScreen />
    </HydrationBoundary>
  );
}

/** A filter that the contract refuses is left to the browser, which shows what the API says about it. */
async function load(client: QueryClient, filter: FailureFilter, me: string): Promise<void> {
  const { db } = deps();
  const counts = FailuresQuery.safeParse(countsInput(filter));
  await Promise.all([
    client.query({ ...teamsQuery(), queryFn: () => readTeams(db) }),
    counts.success &&
      client.query({
        ...countsQuery(filter),
        queryFn: async () => (await readFailures(db, counts.data)).counts,
      }),
    isShownAsGroups(filter) ? loadGroups(client, filter, me) : loadList(client, filter, me),
  ]);
}

async function loadGroups(client: QueryClient, filter: FailureFilter, me: string): Promise<void> {
  const { db } = deps();
  const input = FailureGroupsQuery.safeParse(groupsInput(filter, me, null));
  await Promise.all([
    client.query({ ...teamFiguresQuery(), queryFn: () => readTeamFigures(db) }),
    input.success &&
      client.infiniteQuery({
        ...groupsQuery(filter, me),
        queryFn: () => readFailureGroups(db, input.data),
      }),
  ]);
}

async function loadList(client: QueryClient, filter: FailureFilter, me: string): Promise<void> {
  const { db } = deps();
  const group = GroupId.safeParse(filter.group).success
    ? await readFailureGroup(db, filter.group ?? "")
    : null;
  if (group !== null) client.setQueryData(groupQuery(group.id).queryKey, group);
  if (filter.group !== null && group === null) return;
  const given = { me, fingerprint: group?.fingerprint };
  const input = FailuresQuery.safeParse(failuresInput(filter, given, null));
  if (!input.success) return;
  await client.infiniteQuery({
    ...failuresQuery(filter, given),
    queryFn: () => readFailures(db, input.data),
  });
}
