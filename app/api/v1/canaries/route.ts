import { readCanaries } from "#db/reads/canaries.ts";
import { createCanary } from "#db/writes/create-canary.ts";
import * as operations from "#lib/contract/operations/canaries.ts";
import { exactPayload } from "#lib/server/exact-payload.ts";
import { serve } from "#lib/server/route.ts";
import { pageOf } from "#lib/server/whole-list.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listCanaries, {
  run: async ({ query, caller, deps }) => {
    const { provider } = query;
    const canaries = await readCanaries(deps.db, { provider }, { payload: caller.may("see_payload") });
    return pageOf(canaries, query, ({ slug }) => slug);
  },
});

export const POST = serve(operations.createCanary, {
  headers: ({ slug, version }) => ({ etag: `"${version}"`, location: `/api/v1/canaries/${slug}` }),
  run: ({ input, text, caller, deps }) =>
    createCanary(deps.sql, { ...input, payloadText: exactPayload(text) }, caller),
});
