import { readOverview } from "#db/reads/overview.ts";
import * as operations from "#lib/contract/operations/overview.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getOverview, {
  run: ({ deps }) => readOverview(deps.db),
});
