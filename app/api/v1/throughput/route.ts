import { readThroughput } from "#db/reads/throughput.ts";
import * as operations from "#lib/contract/operations/overview.ts";
import { checkedRange } from "#lib/server/chart-range.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getThroughput, {
  run: ({ query, deps }) => readThroughput(deps.db, null, checkedRange(query)),
});
