import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { InboundScreen } from "#components/settings/inbound-screen.tsx";
import { readInboundSources } from "#db/reads/inbound-sources.ts";
import { inboundQuery } from "#lib/client/inbound.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Webhooks in" };

export default async function InboundPage() {
  await pageCaller("see", "/settings/inbound");
  const { db, env } = deps();
  const client = makeQueryClient();
  await client.query({ ...inboundQuery(), queryFn: () => readInboundSources(db) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <InboundScreen origin={env.NEXTAUTH_URL ?? `http://localhost:${env.PORT}`} />
    </HydrationBoundary>
  );
}
