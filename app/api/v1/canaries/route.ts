import { readCanaries } from "#db/reads/canaries.ts";
import { createCanary } from "#db/writes/create-canary.ts";
import { Canaries, CanariesQuery, ChangedCanary, CreateCanary } from "#lib/contract/canary.ts";
import { exactPayload } from "#lib/server/exact-payload.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  query: CanariesQuery,
  output: Canaries,
  run: async ({ query, caller, deps }) => ({
    items: await readCanaries(deps.db, query, { payload: caller.may("see_payload") }),
    next: null,
  }),
});

export const POST = route({
  may: "manage_desk",
  input: CreateCanary,
  output: ChangedCanary,
  status: 201,
  headers: ({ slug, version }) => ({ etag: `"${version}"`, location: `/api/v1/canaries/${slug}` }),
  run: ({ input, text, caller, deps }) =>
    createCanary(deps.sql, { ...input, payloadText: exactPayload(text) }, caller),
});
