import { z } from "zod";
import { acknowledgeAlert } from "#db/writes/acknowledge-alert.ts";
import { AcknowledgeAlert, AlertActed } from "#lib/contract/alert.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "operate",
  params: z.object({ id: z.guid() }),
  input: AcknowledgeAlert,
  output: AlertActed,
  run: ({ params, caller, deps }) => acknowledgeAlert(deps.sql, params, caller),
});
