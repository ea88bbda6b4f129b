import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { SearchParams } from "nuqs/server";
import { ProviderScreen } from "#components/providers/provider-screen.tsx";
import { readBatchChanges } from "#db/reads/batch-changes.ts";
import { readCanaries } from "#db/reads/canaries.ts";
import { readFailures } from "#db/reads/failures.ts";
import { readLatestDeliveries } from "#db/reads/latest-deliveries.ts";
import { readProvider } from "#db/reads/provider.ts";
import { readThroughput } from "#db/reads/throughput.ts";
import { canariesQuery } from "#lib/client/canaries.ts";
import { failuresInput, failuresQuery } from "#lib/client/failures.ts";
import { addressOf } from "#lib/client/next-path.ts";
import {
  batchChangesQuery,
  latestDeliveriesQuery,
  latestMost,
  providerQuery,
  throughputQuery,
} from "#lib/client/providers.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { loadRange } from "#lib/client/range-params.ts";
import { boundsOf } from "#lib/client/ranges.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

type Props = { params: Promise<{ slug: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).slug };
}

export default async function ProviderPage({ params, searchParams }: Props) {
  const { slug } = await params;
  const { may } = await pageCaller("see", addressOf(`/providers/${slug}`, await searchParams));
  const { db } = deps();
  const provider = await readProvider(db, slug);
  if (provider === null) notFound();
  const { range } = await loadRange(searchParams);
  const bounds = boundsOf(range, Date.now());
  const failures = { tab: "all", provider: slug, q: "" } as const;
  const client = makeQueryClient();
  client.setQueryData(providerQuery(slug).queryKey, provider);
  await Promise.all([
    client.query({ ...throughputQuery(slug, range), queryFn: () => readThroughput(db, slug, bounds) }),
    client.query({
      ...batchChangesQuery(slug, range),
      queryFn: async () => (await readBatchChanges(db, slug, bounds)).items,
    }),
    client.query({
      ...latestDeliveriesQuery(slug),
      queryFn: () => readLatestDeliveries(db, slug, latestMost),
    }),
    client.query({
      ...canariesQuery(slug),
      queryFn: () => readCanaries(db, { provider: slug }, { payload: may("see_payload") }),
    }),
    client.infiniteQuery({
      ...failuresQuery(failures),
      queryFn: () => readFailures(db, failuresInput(failures, {}, null)),
    }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ProviderScreen slug={slug} />
    </HydrationBoundary>
  );
}
