import { readAlertRules } from "#db/reads/alert-rules.ts";
import { createAlertRule } from "#db/writes/create-alert-rule.ts";
import * as operations from "#lib/contract/operations/alerts.ts";
import { serve } from "#lib/server/route.ts";
import { pageOf } from "#lib/server/whole-list.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listAlertRules, {
  run: async ({ query, deps }) => pageOf(await readAlertRules(deps.db), query, ({ slug }) => slug),
});

export const POST = serve(operations.createAlertRule, {
  headers: ({ slug, version }) => ({ etag: `"${version}"`, location: `/api/v1/alert-rules/${slug}` }),
  run: ({ input, caller, deps }) => createAlertRule(deps.sql, input, caller),
});
