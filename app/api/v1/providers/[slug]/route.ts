import { readProvider } from "#db/reads/provider.ts";
import { deleteProvider } from "#db/writes/delete-provider.ts";
import { patchProvider } from "#db/writes/patch-provider.ts";
import * as operations from "#lib/contract/operations/providers.ts";
import { ifMatchVersion } from "#lib/server/if-match.ts";
import { Refusal } from "#lib/server/problem.ts";
import { providerSecrets } from "#lib/server/provider-secrets.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getProvider, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: async ({ params, deps }) => {
    const provider = await readProvider(deps.db, params.slug);
    if (!provider) throw new Refusal("not_found", `There is no provider "${params.slug}".`);
    return provider;
  },
});

export const PATCH = serve(operations.patchProvider, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: ({ params, input, caller, deps, request }) =>
    patchProvider(
      deps.sql,
      { slug: params.slug, patch: input, ifVersion: ifMatchVersion(request) },
      caller,
      providerSecrets(deps.env),
    ),
});

export const DELETE = serve(operations.deleteProvider, {
  run: ({ params, caller, deps, request }) =>
    deleteProvider(deps.sql, { ...params, ifVersion: ifMatchVersion(request) }, caller),
});
