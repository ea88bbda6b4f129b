import { z } from "zod";
import { readProviders } from "#db/reads/providers.ts";
import { createProvider } from "#db/writes/create-provider.ts";
import { withConnections } from "#db/writes/provider-policy.ts";
import { CreateProvider } from "#lib/contract/policy.ts";
import { Provider, ProviderSummary } from "#lib/contract/provider.ts";
import { providerSecrets } from "#lib/server/provider-secrets.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  output: z.object({ items: z.array(ProviderSummary), next: z.null() }),
  run: async ({ deps }) => ({ items: await readProviders(deps.db), next: null }),
});

// Whether it was given is lost where there is a default; when it was not, it follows the batch size.
const NewProvider = CreateProvider.extend({
  connectionsMax: CreateProvider.shape.connectionsMax.unwrap().optional(),
});

export const POST = route({
  may: "manage_providers",
  input: NewProvider,
  output: Provider,
  status: 201,
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
