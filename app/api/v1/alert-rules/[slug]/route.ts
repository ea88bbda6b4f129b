import { z } from "zod";
import { deleteAlertRule } from "#db/writes/delete-alert-rule.ts";
import { patchAlertRule } from "#db/writes/patch-alert-rule.ts";
import { AlertRule, PatchAlertRule } from "#lib/contract/alert.ts";
import { Slug } from "#lib/contract/slug.ts";
import { ifMatchVersion } from "#lib/server/if-match.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

const params = z.object({ slug: Slug });

export const PATCH = route({
  may: "manage_desk",
  params,
  input: PatchAlertRule,
  output: AlertRule,
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: ({ params, input, caller, deps, request }) =>
    patchAlertRule(deps.sql, { ...params, patch: input, ifVersion: ifMatchVersion(request) }, caller),
});

export const DELETE = route({
  may: "manage_desk",
  params,
  output: AlertRule,
  run: ({ params, caller, deps }) => deleteAlertRule(deps.sql, params, caller),
});
