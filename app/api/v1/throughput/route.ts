import { readThroughput } from "#db/reads/throughput.ts";
import { ChartRange, Throughput } from "#lib/contract/provider.ts";
import { checkedRange } from "#lib/server/chart-range.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  query: ChartRange,
  output: Throughput,
  run: ({ query, deps }) => readThroughput(deps.db, null, checkedRange(query)),
});
