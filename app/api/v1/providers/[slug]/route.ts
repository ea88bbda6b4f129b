import { z } from "zod";
import { readProvider } from "#db/reads/provider.ts";
import { patchProvider } from "#db/writes/patch-provider.ts";
import { PatchProvider } from "#lib/contract/policy.ts";
import { Provider, ProviderWithState } from "#lib/contract/provider.ts";
import { Slug } from "#lib/contract/slug.ts";
import { ifMatchVersion } from "#lib/server/if-match.ts";
import { Refusal } from "#lib/server/problem.ts";
import { providerSecrets } from "#lib/server/provider-secrets.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

const params = z.object({ slug: Slug });

export const GET = route({
  may: "see",
  params,
  output: ProviderWithState,
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: async ({ params, deps }) => {
    const provider = await readProvider(deps.db, params.slug);
    if (!provider) throw new Refusal("not_found", `There is no provider "${params.slug}".`);
    return provider;
  },
});

export const PATCH = route({
  may: "manage_providers",
  params,
  input: PatchProvider,
  output: Provider,
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: ({ params, input, caller, deps, request }) =>
    patchProvider(
      deps.sql,
      { slug: params.slug, patch: input, ifVersion: ifMatchVersion(request) },
      caller,
      providerSecrets(deps.env),
    ),
});
