import type { Metadata } from "next";
import { NewProviderScreen } from "#components/policy/new-provider-screen.tsx";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "New provider" };

export default async function NewProviderPage() {
  // Who may not add one is told so on the page.
  await pageCaller("see", "/providers/new");
  return <NewProviderScreen />;
}
