import { z } from "zod";
import { silenceRule } from "#db/writes/silence-rule.ts";
import { AlertRule, Silence } from "#lib/contract/alert.ts";
import { Slug } from "#lib/contract/slug.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "operate",
  params: z.object({ slug: Slug }),
  input: Silence,
  output: AlertRule,
  run: ({ params, input, caller, deps }) => silenceRule(deps.sql, { ...params, ...input }, caller),
});
