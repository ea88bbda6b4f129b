import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PolicyEditorScreen } from "#components/policy/editor-screen.tsx";
import { readProvider } from "#db/reads/provider.ts";
import { providerQuery } from "#lib/client/providers.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

type Props = { params: Promise<{ slug: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Policy of ${(await params).slug}` };
}

export default async function PolicyPage({ params }: Props) {
  const { slug } = await params;
  // Who may not change it is told so on the page.
  await pageCaller("see", `/providers/${slug}/policy`);
  const provider = await readProvider(deps().db, slug);
  if (provider === null) notFound();
  const client = makeQueryClient();
  client.setQueryData(providerQuery(slug).queryKey, provider);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <PolicyEditorScreen slug={slug} />
    </HydrationBoundary>
  );
}
