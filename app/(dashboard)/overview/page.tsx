import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { OverviewScreen } from "#components/overview/overview-screen.tsx";
import { readCanaries } from "#db/reads/canaries.ts";
import { readOverview } from "#db/reads/overview.ts";
import { canariesQuery } from "#lib/client/canaries.ts";
import { overviewQuery } from "#lib/client/overview.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage() {
  const { may } = await pageCaller("see", "/overview");
  const { db } = deps();
  const client = makeQueryClient();
  await Promise.all([
    client.query({ ...overviewQuery(), queryFn: () => readOverview(db) }),
    client.query({
      ...canariesQuery(null),
      queryFn: () => readCanaries(db, {}, { payload: may("see_payload") }),
    }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <OverviewScreen />
    </HydrationBoundary>
  );
}
