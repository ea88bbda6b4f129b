// People who can sign in.

import { z } from "zod";
import { SlackUserId } from "#lib/contract/slack.ts";
import { wholeList } from "#lib/contract/whole-list.ts";
import { roles } from "#lib/core/access.ts";

export const PersonId = z.guid("must be a person's id, a UUID");

export const Person = z.object({
  id: PersonId,
  name: z.string(),
  email: z.string(),
  role: z.enum(roles),
  /** What this member presses in Slack is done as this person. */
  slackUserId: z.string().nullable(),
  isDisabled: z.boolean(),
});
export type Person = z.infer<typeof Person>;
export const People = wholeList(Person);
export type People = z.infer<typeof People>;

export const PatchPerson = z.strictObject({ slackUserId: SlackUserId.nullable() });
export type PatchPerson = z.infer<typeof PatchPerson>;
