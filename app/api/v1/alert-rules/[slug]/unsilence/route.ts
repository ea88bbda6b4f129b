import { z } from "zod";
import { unsilenceRule } from "#db/writes/silence-rule.ts";
import { AlertRule, Unsilence } from "#lib/contract/alert.ts";
import { Slug } from "#lib/contract/slug.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "operate",
  params: z.object({ slug: Slug }),
  input: Unsilence,
  output: AlertRule,
  run: ({ params, caller, deps }) => unsilenceRule(deps.sql, params, caller),
});
