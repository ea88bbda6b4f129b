import { readProviders } from "#db/reads/providers.ts";
import { createProvider } from "#db/writes/create-provider.ts";
import { withConnections } from "#db/writes/provider-policy.ts";
import * as operations from "#lib/contract/operations/providers.ts";
import { CreateProvider } from "#lib/contract/policy.ts";
import { providerSecrets } from "#lib/server/provider-secrets.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listProviders, {
  run: async ({ deps }) => ({ items: await readProviders(deps.db), next: null }),
});

export const POST = serve(operations.createProvider, {
  headers: ({ slug, version }) => ({ etag: `"${version}"`, location: `/api/v1/providers/${slug}` }),
  run: ({ input, caller, deps }) => {
    const { slug, ...given } = input;
    const whole = { ...given, name: given.name ?? slug };
    const policy =
      whole.connectionsMax === undefined
        ? withConnections({ ...whole, connectionsMax: CreateProvider.shape.connectionsMax.parse(undefined) })
        : { ...whole, connectionsMax: whole.connectionsMax };
    return createProvider(deps.sql, { slug, policy }, caller, providerSecrets(deps.env));
  },
});
