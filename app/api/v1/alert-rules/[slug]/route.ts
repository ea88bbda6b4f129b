import { deleteAlertRule } from "#db/writes/delete-alert-rule.ts";
import { patchAlertRule } from "#db/writes/patch-alert-rule.ts";
import * as operations from "#lib/contract/operations/alerts.ts";
import { ifMatchVersion } from "#lib/server/if-match.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const PATCH = serve(operations.patchAlertRule, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: ({ params, input, caller, deps, request }) =>
    patchAlertRule(deps.sql, { ...params, patch: input, ifVersion: ifMatchVersion(request) }, caller),
});

export const DELETE = serve(operations.deleteAlertRule, {
  run: ({ params, caller, deps, request }) =>
    deleteAlertRule(deps.sql, { ...params, ifVersion: ifMatchVersion(request) }, caller),
});
