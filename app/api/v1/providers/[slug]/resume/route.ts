import { z } from "zod";
import { resumeProvider } from "#db/writes/resume-provider.ts";
import { ProviderAct, ResumeProvider } from "#lib/contract/provider.ts";
import { Slug } from "#lib/contract/slug.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = route({
  may: "operate",
  params: z.object({ slug: Slug }),
  input: ResumeProvider,
  output: ProviderAct,
  run: ({ params, input, caller, deps }) => resumeProvider(deps.sql, { ...params, ...input }, caller),
});
