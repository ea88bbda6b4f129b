import { readPeople } from "#db/reads/people.ts";
import * as operations from "#lib/contract/operations/people.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listPeople, {
  run: async ({ deps }) => ({ items: await readPeople(deps.db), next: null }),
});
