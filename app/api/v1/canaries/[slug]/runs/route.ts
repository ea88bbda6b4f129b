import { z } from "zod";
import { canaryExists, readCanaryRuns } from "#db/reads/canaries.ts";
import { CanaryRuns, CanaryRunsQuery } from "#lib/contract/canary.ts";
import { Slug } from "#lib/contract/slug.ts";
import { Refusal } from "#lib/server/problem.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  params: z.object({ slug: Slug }),
  query: CanaryRunsQuery,
  output: CanaryRuns,
  run: async ({ params: { slug }, query, deps }) => {
    if (!(await canaryExists(deps.db, slug))) throw new Refusal("not_found", `There is no canary "${slug}".`);
    return readCanaryRuns(deps.db, slug, query);
  },
});
