import type { Metadata } from "next";
import { ApiScreen } from "#components/docs/api-screen.tsx";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "API" };

export default async function ApiPage() {
  await pageCaller("see", "/docs/api");
  return <ApiScreen />;
}
