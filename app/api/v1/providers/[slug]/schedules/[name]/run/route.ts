import { z } from "zod";
import { runSchedule } from "#db/writes/start-schedule.ts";
import { RunSchedule, StartedSchedule } from "#lib/contract/provider.ts";
import { Slug } from "#lib/contract/slug.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "operate",
  params: z.object({ slug: Slug, name: z.string().max(63) }),
  input: RunSchedule,
  output: StartedSchedule,
  status: 201,
  run: ({ params, input, caller, deps }) => runSchedule(deps.sql, { ...params, ...input }, caller),
});
