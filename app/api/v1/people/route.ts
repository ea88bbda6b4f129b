import { readPeople } from "#db/reads/people.ts";
import * as operations from "#lib/contract/operations/people.ts";
import { serve } from "#lib/server/route.ts";
import { pageOf } from "#lib/server/whole-list.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listPeople, {
  run: async ({ query, deps }) => pageOf(await readPeople(deps.db), query, ({ id }) => id),
});
