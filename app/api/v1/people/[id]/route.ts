import { patchPerson } from "#db/writes/patch-person.ts";
import * as operations from "#lib/contract/operations/people.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const PATCH = serve(operations.patchPerson, {
  run: ({ params, input, caller, deps }) => patchPerson(deps.sql, { ...params, ...input }, caller),
});
