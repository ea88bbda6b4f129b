import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { SimulatorScreen } from "#components/simulator/simulator-screen.tsx";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Simulator" };

export default async function SimulatorPage() {
  await pageCaller("see", "/simulator");
  if (!deps().env.REDRIVE_DEMO) notFound();
  return <SimulatorScreen />;
}
