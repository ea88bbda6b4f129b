import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { FailuresScreen } from "#components/failures/failures-screen.tsx";
import { readFailures } from "#db/reads/failures.ts";
import { loadFailureFilter } from "#lib/client/failure-params.ts";
import { failuresInput, failuresQuery } from "#lib/client/failures.ts";
import { addressOf } from "#lib/client/next-path.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { FailuresQuery } from "#lib/contract/failure.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Failures" };

export default async function FailuresPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  await pageCaller("see", addressOf("/failures", await searchParams));
  const filter = await loadFailureFilter(searchParams);
  const input = FailuresQuery.safeParse(failuresInput(filter, null));
  const client = makeQueryClient();
  // A filter that the contract refuses is left to the browser, which shows what the API says about it.
  if (input.success) {
    const { db } = deps();
    await client.infiniteQuery({ ...failuresQuery(filter), queryFn: () => readFailures(db, input.data) });
  }
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <FailuresScreen />
    </HydrationBoundary>
  );
}
