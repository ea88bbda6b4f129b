import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { SimulatorScreen } from "#components/simulator/simulator-screen.tsx";
import { deps, isDemo } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Simulator" };

export default async function SimulatorPage() {
  await pageCaller("see", "/simulator");
  if (!isDemo(deps().env)) notFound();
  return <SimulatorScreen />;
}
