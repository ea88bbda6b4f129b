// Acting on a failure group by a link that was sent to somebody, without a session.

import { z } from "zod";
import { GroupAct } from "#lib/contract/group.ts";
import { rejectCodes } from "#lib/core/status.ts";

export const Recover = z.strictObject({
  /** true runs all open records of the group again, false closes them unsent. */
  runAgain: z.boolean(),
  /** Why; the next person reads it. */
  reason: z.string().trim().max(500).optional(),
  /** Of a rejection. */
  code: z.enum(rejectCodes).optional(),
});
export type Recover = z.infer<typeof Recover>;

export const Recovered = GroupAct.extend({ did: z.enum(["retried", "rejected"]) });
export type Recovered = z.infer<typeof Recovered>;
