import { z } from "zod";
import { showPayload } from "#db/writes/show-payload.ts";
import { ShownPayload, ShowPayload } from "#lib/contract/payload.ts";
import { RecordId } from "#lib/contract/record.ts";
import { anyOf, route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

// Not a GET: who sees what is hidden from them leaves a trace.
export const POST = route({
  may: anyOf("see_payload", "edit", "edit_allowed"),
  params: z.object({ id: RecordId }),
  input: ShowPayload,
  output: ShownPayload,
  isSecret: true,
  run: ({ params, input, caller, deps }) => showPayload(deps.sql, { ...params, ...input }, caller),
});
