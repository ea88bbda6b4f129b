import { readInboundSources } from "#db/reads/inbound-sources.ts";
import { deleteInboundSource as remove } from "#db/writes/delete-inbound-source.ts";
import { noSource, patchInboundSource as patch } from "#db/writes/patch-inbound-source.ts";
import {
  deleteInboundSource,
  patchInboundSource,
  readInboundSource,
} from "#lib/contract/operations/inbound.ts";
import { ifMatchVersion } from "#lib/server/if-match.ts";
import { inboundSecrets } from "#lib/server/inbound-secrets.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(readInboundSource, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: async ({ params: { slug }, deps }) => {
    const [source] = await readInboundSources(deps.db, slug);
    if (!source) throw noSource(slug);
    return source;
  },
});

export const PATCH = serve(patchInboundSource, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: ({ params: { slug }, input, caller, deps, request }) =>
    patch(
      deps.sql,
      { slug, patch: input, ifVersion: ifMatchVersion(request) },
      caller,
      inboundSecrets(deps.env),
    ),
});

export const DELETE = serve(deleteInboundSource, {
  run: ({ params, caller, deps, request }) =>
    remove(deps.sql, { ...params, ifVersion: ifMatchVersion(request) }, caller),
});
