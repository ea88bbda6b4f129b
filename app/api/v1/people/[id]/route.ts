import { z } from "zod";
import { patchPerson } from "#db/writes/patch-person.ts";
import { PatchPerson, Person, PersonId } from "#lib/contract/person.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const PATCH = route({
  // Whose they may change, the act decides: their own, or with manage_desk anybody's.
  may: "see",
  params: z.object({ id: PersonId }),
  input: PatchPerson,
  output: Person,
  run: ({ params, input, caller, deps }) => patchPerson(deps.sql, { ...params, ...input }, caller),
});
