// Failure groups: failures that are the same trouble.
import { z } from "zod";

export const GroupId = z.guid("must be a failure group's id, a UUID");

/** What an act on a group answers: on how many records it was done, and how many of the group are open now. */
export const GroupAct = z.object({
  id: GroupId,
  acted: z.int(),
  open: z.int(),
  by: z.string(),
  at: z.iso.datetime(),
});
export type GroupAct = z.infer<typeof GroupAct>;
