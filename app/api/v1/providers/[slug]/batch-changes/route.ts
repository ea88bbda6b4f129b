import { readBatchChanges } from "#db/reads/batch-changes.ts";
import { providerExists } from "#db/reads/provider.ts";
import * as operations from "#lib/contract/operations/providers.ts";
import { checkedRange } from "#lib/server/chart-range.ts";
import { Refusal } from "#lib/server/problem.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listBatchChanges, {
  run: async ({ params: { slug }, query, deps }) => {
    if (!(await providerExists(deps.db, slug))) {
      throw new Refusal("not_found", `There is no provider "${slug}".`);
    }
    return readBatchChanges(deps.db, slug, checkedRange(query));
  },
});
