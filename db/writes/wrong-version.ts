// A change of what somebody else has changed meanwhile.
import { Refused } from "#db/writes/refused.ts";

type Changed = { version: number; updatedAt: string; updatedBy: string };

/** @param what as in "changed this provider". */
export const wrongVersion = (what: string, { version, updatedBy, updatedAt }: Changed): Refused =>
  new Refused(
    "version_mismatch",
    `${updatedBy} changed this ${what} at ${updatedAt}; it is at version ${version} now. Load it anew and change that.`,
    { by: updatedBy, at: updatedAt },
  );
