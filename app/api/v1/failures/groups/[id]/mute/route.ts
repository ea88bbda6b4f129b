import { muteGroup } from "#db/writes/mute-group.ts";
import * as operations from "#lib/contract/operations/failures.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.muteGroup, {
  run: ({ params, input, caller, deps }) =>
    muteGroup(deps.sql, { ...params, mutedUntil: input.until }, caller),
});
