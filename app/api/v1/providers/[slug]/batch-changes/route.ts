import { z } from "zod";
import { readBatchChanges } from "#db/reads/batch-changes.ts";
import { providerExists } from "#db/reads/provider.ts";
import { BatchChanges, ChartRange } from "#lib/contract/provider.ts";
import { Slug } from "#lib/contract/slug.ts";
import { checkedRange } from "#lib/server/chart-range.ts";
import { Refusal } from "#lib/server/problem.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  params: z.object({ slug: Slug }),
  query: ChartRange.omit({ step: true }),
  output: BatchChanges,
  run: async ({ params: { slug }, query, deps }) => {
    if (!(await providerExists(deps.db, slug))) {
      throw new Refusal("not_found", `There is no provider "${slug}".`);
    }
    return readBatchChanges(deps.db, slug, checkedRange(query));
  },
});
