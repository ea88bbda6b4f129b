import { pauseProvider } from "#db/writes/pause-provider.ts";
import * as operations from "#lib/contract/operations/providers.ts";
import { invalid } from "#lib/server/problem.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.pauseProvider, {
  run: ({ params, input, caller, deps }) => {
    if (input.until && Date.parse(input.until) <= Date.now()) {
      throw invalid("until", "must be in the future; leave it out to pause until someone resumes");
    }
    return pauseProvider(deps.sql, { ...params, ...input }, caller);
  },
});
