import { z } from "zod";
import { PatchKnobs } from "#lib/contract/simulator.ts";
import { Slug } from "#lib/contract/slug.ts";
import { route } from "#lib/server/route.ts";
import { askSimulator } from "#lib/server/simulator.ts";

export const dynamic = "force-dynamic";

export const PATCH = route({
  may: "simulate",
  params: z.object({ slug: Slug }),
  input: PatchKnobs,
  run: ({ params: { slug }, input, deps }) =>
    askSimulator(deps.env, { method: "PATCH", path: `/api/providers/${slug}`, body: input }),
});
