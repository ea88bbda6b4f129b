import { z } from "zod";
import { silenceAlert } from "#db/writes/silence-alert.ts";
import { AlertActed, Silence } from "#lib/contract/alert.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "operate",
  params: z.object({ id: z.guid() }),
  input: Silence,
  output: AlertActed,
  run: ({ params, input, caller, deps }) => silenceAlert(deps.sql, { ...params, ...input }, caller),
});
