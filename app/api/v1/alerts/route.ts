import { readAlerts } from "#db/reads/alerts.ts";
import { Alerts, AlertsQuery } from "#lib/contract/alert.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  query: AlertsQuery,
  output: Alerts,
  run: ({ query, deps }) => readAlerts(deps.db, query),
});
