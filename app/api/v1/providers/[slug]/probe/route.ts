import { z } from "zod";
import { probeProvider } from "#db/writes/probe-provider.ts";
import { ProbeProvider, ProviderAct } from "#lib/contract/provider.ts";
import { Slug } from "#lib/contract/slug.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "operate",
  params: z.object({ slug: Slug }),
  input: ProbeProvider,
  output: ProviderAct,
  run: ({ params, input, caller, deps }) => probeProvider(deps.sql, { ...params, ...input }, caller),
});
