import { readAlertRules } from "#db/reads/alert-rules.ts";
import { createAlertRule } from "#db/writes/create-alert-rule.ts";
import { AlertRule, AlertRules, CreateAlertRule } from "#lib/contract/alert.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  output: AlertRules,
  run: async ({ deps }) => ({ items: await readAlertRules(deps.db), next: null }),
});

export const POST = route({
  may: "manage_desk",
  input: CreateAlertRule,
  output: AlertRule,
  status: 201,
  headers: ({ slug, version }) => ({ etag: `"${version}"`, location: `/api/v1/alert-rules/${slug}` }),
  run: ({ input, caller, deps }) => createAlertRule(deps.sql, input, caller),
});
