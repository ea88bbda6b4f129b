import { z } from "zod";
import { pauseProvider } from "#db/writes/pause-provider.ts";
import { PauseProvider, ProviderAct } from "#lib/contract/provider.ts";
import { Slug } from "#lib/contract/slug.ts";
import { invalid } from "#lib/server/problem.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "operate",
  params: z.object({ slug: Slug }),
  input: PauseProvider,
  output: ProviderAct,
  run: ({ params, input, caller, deps }) => {
    if (input.until && Date.parse(input.until) <= Date.now()) {
      throw invalid("until", "must be in the future; leave it out to pause until someone resumes");
    }
    return pauseProvider(deps.sql, { ...params, ...input }, caller);
  },
});
