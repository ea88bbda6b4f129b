import { z } from "zod";
import { readCanaries } from "#db/reads/canaries.ts";
import { deleteCanary } from "#db/writes/delete-canary.ts";
import { patchCanary } from "#db/writes/patch-canary.ts";
import { Canary, ChangedCanary, DeletedCanary, PatchCanary } from "#lib/contract/canary.ts";
import { Slug } from "#lib/contract/slug.ts";
import { exactPayload } from "#lib/server/exact-payload.ts";
import { ifMatchVersion } from "#lib/server/if-match.ts";
import { Refusal } from "#lib/server/problem.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

const params = z.object({ slug: Slug });

export const GET = route({
  may: "see",
  params,
  output: Canary,
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: async ({ params: { slug }, caller, deps }) => {
    const [canary] = await readCanaries(deps.db, { slug }, { payload: caller.may("see_payload") });
    if (!canary) throw new Refusal("not_found", `There is no canary "${slug}".`);
    return canary;
  },
});

export const PATCH = route({
  may: "manage_desk",
  params,
  input: PatchCanary,
  output: ChangedCanary,
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: ({ params: { slug }, input: { payload, ...patch }, text, caller, deps, request }) => {
    const payloadText = payload === undefined ? null : exactPayload(text);
    return patchCanary(deps.sql, { slug, patch, payloadText, ifVersion: ifMatchVersion(request) }, caller);
  },
});

export const DELETE = route({
  may: "manage_desk",
  params,
  output: DeletedCanary,
  run: ({ params, caller, deps }) => deleteCanary(deps.sql, params, caller),
});
