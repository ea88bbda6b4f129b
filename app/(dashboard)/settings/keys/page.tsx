import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { KeysScreen } from "#components/settings/keys-screen.tsx";
import { readKeys } from "#db/reads/keys.ts";
import { keysQuery } from "#lib/client/keys.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "API keys" };

export default async function KeysPage() {
  // Who may not manage them is told so on the page.
  const caller = await pageCaller("see", "/settings/keys");
  const client = makeQueryClient();
  if (caller.may("manage_keys")) await client.query({ ...keysQuery(), queryFn: () => readKeys(deps().db) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <KeysScreen />
    </HydrationBoundary>
  );
}
