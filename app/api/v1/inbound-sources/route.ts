import { readInboundSources } from "#db/reads/inbound-sources.ts";
import { createInboundSource as create } from "#db/writes/create-inbound-source.ts";
import { createInboundSource, listInboundSources } from "#lib/contract/operations/inbound.ts";
import { inboundSecrets } from "#lib/server/inbound-secrets.ts";
import { serve } from "#lib/server/route.ts";
import { pageOf } from "#lib/server/whole-list.ts";

export const dynamic = "force-dynamic";

export const GET = serve(listInboundSources, {
  run: async ({ query, deps }) => pageOf(await readInboundSources(deps.db), query, ({ slug }) => slug),
});

export const POST = serve(createInboundSource, {
  headers: ({ slug, version }) => ({ etag: `"${version}"`, location: `/api/v1/inbound-sources/${slug}` }),
  run: ({ input, caller, deps }) => create(deps.sql, input, caller, inboundSecrets(deps.env)),
});
