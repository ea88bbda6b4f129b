// An act on an own record, by its token; the answer is how the record stands then.
import { z } from "zod";
import { myRecord } from "#components/portal/own-view.ts";
import { readMyRecord } from "#db/reads/my-records.ts";
import type { Own } from "#db/writes/own-record.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import { MyAct, MyRecord } from "#lib/contract/portal.ts";
import { RecordId } from "#lib/contract/record.ts";
import type { PortalAction } from "#lib/core/portal.ts";
import type { Deps } from "#lib/server/deps.ts";
import type { PortalCaller } from "#lib/server/portal-caller.ts";
import { portalRoute } from "#lib/server/portal-route.ts";
import { viewGiven } from "#lib/server/portal-view.ts";
import { Refusal } from "#lib/server/problem.ts";

export const ownAct = (
  action: PortalAction | readonly PortalAction[],
  act: (sql: AnySql, own: Own) => Promise<unknown>,
) =>
  portalRoute({
    action,
    params: z.object({ id: RecordId }),
    input: MyAct,
    output: MyRecord,
    run: async ({ params, caller, deps }) => {
      await act(deps.sql, { id: params.id, owner: caller.owner });
      return standingOf(params.id, caller, deps);
    },
  });

export async function standingOf(id: string, caller: PortalCaller, deps: Deps): Promise<MyRecord> {
  const own = await readMyRecord(deps.db, caller.owner, id);
  if (!own) throw new Refusal("not_found", "There is nothing at this address.");
  return myRecord(own.record, await viewGiven(caller, deps));
}
