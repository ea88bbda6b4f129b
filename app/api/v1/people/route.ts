import { readPeople } from "#db/reads/people.ts";
import { People } from "#lib/contract/person.ts";
import { anyOf, route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  // Who gives failures to people has to know them.
  may: anyOf("manage_desk", "assign"),
  output: People,
  run: async ({ deps }) => ({ items: await readPeople(deps.db), next: null }),
});
