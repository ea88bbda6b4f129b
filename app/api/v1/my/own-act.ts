// An act on an own record, by its token; the answer is how the record stands then.
import type { z } from "zod";
import { myRecord } from "#components/portal/own-view.ts";
import { readMyRecord } from "#db/reads/my-records.ts";
import type { Own } from "#db/writes/own-record.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import type { Operation } from "#lib/contract/operation.ts";
import type { MyAct, MyRecord } from "#lib/contract/portal.ts";
import type { RecordId } from "#lib/contract/record.ts";
import type { Deps } from "#lib/server/deps.ts";
import type { PortalCaller } from "#lib/server/portal-caller.ts";
import { servePortal } from "#lib/server/portal-route.ts";
import { viewGiven } from "#lib/server/portal-view.ts";
import { Refusal } from "#lib/server/problem.ts";
import type { Served } from "#lib/server/route.ts";

type OwnAct = Operation<typeof MyAct, z.ZodObject, z.ZodObject<{ id: typeof RecordId }>, typeof MyRecord>;

export const ownAct = (operation: OwnAct, act: (sql: AnySql, own: Own) => Promise<unknown>): Served =>
  servePortal(operation, {
    run: async ({ params, caller, deps }) => {
      await act(deps.sql, { id: params.id, owner: caller.owner });
      return standingOf(params.id, caller, deps);
    },
  });

export async function standingOf(
  id: string,
  caller: PortalCaller,
  deps: Deps,
): Promise<z.infer<typeof MyRecord>> {
  const own = await readMyRecord(deps.db, caller.owner, id);
  if (!own) throw new Refusal("not_found", "There is nothing at this address.");
  return myRecord(own.record, await viewGiven(caller, deps));
}
