import { z } from "zod";
import { readProviders } from "#db/reads/providers.ts";
import { createProvider } from "#db/writes/create-provider.ts";
import { newPolicy } from "#lib/contract/new-policy.ts";
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

export const POST = route({
  may: "manage_providers",
  input: CreateProvider,
  output: Provider,
  status: 201,
  headers: ({ slug, version }) => ({ etag: `"${version}"`, location: `/api/v1/providers/${slug}` }),
  run: ({ input, caller, deps }) =>
    createProvider(
      deps.sql,
      { slug: input.slug, policy: newPolicy(input) },
      caller,
      providerSecrets(deps.env),
    ),
});
