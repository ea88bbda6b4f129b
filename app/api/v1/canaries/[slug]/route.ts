import { readCanaries } from "#db/reads/canaries.ts";
import { deleteCanary } from "#db/writes/delete-canary.ts";
import { patchCanary } from "#db/writes/patch-canary.ts";
import * as operations from "#lib/contract/operations/canaries.ts";
import { exactPayload } from "#lib/server/exact-payload.ts";
import { ifMatchVersion } from "#lib/server/if-match.ts";
import { Refusal } from "#lib/server/problem.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getCanary, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: async ({ params: { slug }, caller, deps }) => {
    const [canary] = await readCanaries(deps.db, { slug }, { payload: caller.may("see_payload") });
    if (!canary) throw new Refusal("not_found", `There is no canary "${slug}".`);
    return canary;
  },
});

export const PATCH = serve(operations.patchCanary, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: ({ params: { slug }, input: { payload, ...patch }, text, caller, deps, request }) => {
    const payloadText = payload === undefined ? null : exactPayload(text);
    return patchCanary(deps.sql, { slug, patch, payloadText, ifVersion: ifMatchVersion(request) }, caller);
  },
});

export const DELETE = serve(operations.deleteCanary, {
  run: ({ params, caller, deps, request }) =>
    deleteCanary(deps.sql, { ...params, ifVersion: ifMatchVersion(request) }, caller),
});
