import { noteGroup } from "#db/writes/note-group.ts";
import * as operations from "#lib/contract/operations/failures.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.noteGroup, {
  run: ({ params, input, caller, deps }) => noteGroup(deps.sql, { ...params, ...input }, caller),
});
