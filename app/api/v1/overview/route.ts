import { readOverview } from "#db/reads/overview.ts";
import { Overview } from "#lib/contract/overview.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  output: Overview,
  run: ({ deps }) => readOverview(deps.db),
});
