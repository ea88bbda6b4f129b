import { providerExists } from "#db/reads/provider.ts";
import { readThroughput } from "#db/reads/throughput.ts";
import * as operations from "#lib/contract/operations/providers.ts";
import { checkedRange } from "#lib/server/chart-range.ts";
import { Refusal } from "#lib/server/problem.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getProviderThroughput, {
  run: async ({ params: { slug }, query, deps }) => {
    if (!(await providerExists(deps.db, slug))) {
      throw new Refusal("not_found", `There is no provider "${slug}".`);
    }
    return readThroughput(deps.db, slug, checkedRange(query));
  },
});
