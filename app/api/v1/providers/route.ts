import { readProviders } from "#db/reads/providers.ts";
import { createProvider } from "#db/writes/create-provider.ts";
import { newPolicy } from "#lib/contract/new-policy.ts";
import * as operations from "#lib/contract/operations/providers.ts";
import { isWithin } from "#lib/core/key.ts";
import { providerSecrets } from "#lib/server/provider-secrets.ts";
import { serve } from "#lib/server/route.ts";
import { pageOf } from "#lib/server/whole-list.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listProviders, {
  run: async ({ query, within, deps }) => {
    const all = await readProviders(deps.db);
    const items = all.filter(
      ({ slug: provider }) => within === null || isWithin(within, { provider, owner: null }),
    );
    return pageOf(items, query, ({ slug }) => slug);
  },
});

export const POST = serve(operations.createProvider, {
  headers: ({ slug, version }) => ({ etag: `"${version}"`, location: `/api/v1/providers/${slug}` }),
  run: ({ input, caller, deps }) =>
    createProvider(
      deps.sql,
      { slug: input.slug, policy: newPolicy(input) },
      caller,
      providerSecrets(deps.env),
    ),
});
