import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { PeopleScreen } from "#components/settings/people-screen.tsx";
import { readPeople } from "#db/reads/people.ts";
import { peopleQuery } from "#lib/client/people.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  // Who may not change them is told so on the page.
  const caller = await pageCaller("see", "/settings/people");
  const client = makeQueryClient();
  if (caller.may("assign")) await client.query({ ...peopleQuery(), queryFn: () => readPeople(deps().db) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <PeopleScreen />
    </HydrationBoundary>
  );
}
