// People who can sign in.

import { z } from "zod";
import * as desk from "#lib/contract/desk-examples.ts";
import { operation } from "#lib/contract/operation.ts";
import { PatchPerson, People, Person, PersonId } from "#lib/contract/person.ts";
import { WholeListQuery } from "#lib/contract/whole-list.ts";

export const listPeople = operation({
  id: "listPeople",
  method: "GET",
  path: "/people",
  tag: "People",
  summary: "Who can sign in",
  // Who gives failures to people has to know them.
  may: ["manage_desk", "assign"],
  query: WholeListQuery,
  output: People,
  example: { output: { items: [desk.person], next: null } },
});

export const patchPerson = operation({
  id: "patchPerson",
  method: "PATCH",
  path: "/people/{id}",
  tag: "People",
  summary: "Ties a person to a member of Slack",
  // Whose they may change, the act decides: their own, or with manage_desk anybody's.
  may: "see",
  params: z.object({ id: PersonId }),
  input: PatchPerson,
  output: Person,
  example: {
    params: { id: desk.personId },
    input: { slackUserId: "U0123ABCD" },
    output: desk.person,
  },
});
