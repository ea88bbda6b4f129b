import { standingOf } from "#app/api/v1/my/own-act.ts";
import { fixOwn } from "#db/writes/fix-own.ts";
import * as operations from "#lib/contract/operations/portal.ts";
import { given, type PortalField } from "#lib/core/portal-fields.ts";
import { servePortal } from "#lib/server/portal-route.ts";

export const dynamic = "force-dynamic";

export const POST = servePortal(operations.fixMyRecord, {
  run: async ({ params, input, caller, deps }) => {
    const corrections = Object.entries(input.fields).map(
      ([pointer, value]) => [pointer, (field: PortalField) => given(field, value)] as const,
    );
    await fixOwn(deps.sql, { id: params.id, owner: caller.owner }, new Map(corrections));
    return standingOf(params.id, caller, deps);
  },
});
