import { z } from "zod";
import { runCanary } from "#db/writes/start-canary.ts";
import { RunCanary, StartedCanary } from "#lib/contract/canary.ts";
import { Slug } from "#lib/contract/slug.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "operate",
  params: z.object({ slug: Slug }),
  input: RunCanary,
  output: StartedCanary,
  status: 201,
  run: ({ params, input, caller, deps }) => runCanary(deps.sql, { ...params, ...input }, caller),
});
