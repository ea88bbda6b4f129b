import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { ProvidersScreen } from "#components/providers/providers-screen.tsx";
import { readProviders } from "#db/reads/providers.ts";
import { providersQuery } from "#lib/client/providers.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Providers" };

export default async function ProvidersPage() {
  await pageCaller("see", "/providers");
  const { db } = deps();
  const client = makeQueryClient();
  await client.query({ ...providersQuery(), queryFn: () => readProviders(db) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ProvidersScreen />
    </HydrationBoundary>
  );
}
