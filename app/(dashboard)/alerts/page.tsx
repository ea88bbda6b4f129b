import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { AlertsScreen } from "#components/alerts/alerts-screen.tsx";
import { readAlertRules } from "#db/reads/alert-rules.ts";
import { readAlerts } from "#db/reads/alerts.ts";
import { loadAlertTab } from "#lib/client/alert-params.ts";
import { alertRulesQuery, alertsInput, alertsQuery } from "#lib/client/alerts.ts";
import { addressOf } from "#lib/client/next-path.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { deps } from "#lib/server/deps.ts";
import { pageCaller } from "#lib/server/session.ts";

export const metadata: Metadata = { title: "Alerts" };

export default async function AlertsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  await pageCaller("see", addressOf("/alerts", await searchParams));
  const { tab } = await loadAlertTab(searchParams);
  const { db } = deps();
  const client = makeQueryClient();
  if (tab === "rules") await client.query({ ...alertRulesQuery(), queryFn: () => readAlertRules(db) });
  else
    await client.infiniteQuery({
      ...alertsQuery(tab),
      queryFn: () => readAlerts(db, alertsInput(tab, null)),
    });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <AlertsScreen />
    </HydrationBoundary>
  );
}
