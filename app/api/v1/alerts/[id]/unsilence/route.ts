import { z } from "zod";
import { unsilenceAlert } from "#db/writes/silence-alert.ts";
import { AlertActed, Unsilence } from "#lib/contract/alert.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "operate",
  params: z.object({ id: z.guid() }),
  input: Unsilence,
  output: AlertActed,
  run: ({ params, caller, deps }) => unsilenceAlert(deps.sql, params, caller),
});
