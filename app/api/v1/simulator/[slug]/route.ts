import * as operations from "#lib/contract/operations/simulator.ts";
import { SimulatedProvider } from "#lib/contract/simulator.ts";
import { serve } from "#lib/server/route.ts";
import { askSimulator } from "#lib/server/simulator.ts";

export const dynamic = "force-dynamic";

export const PATCH = serve(operations.patchSimulator, {
  run: ({ params: { slug }, input, deps }) =>
    askSimulator(deps.env, SimulatedProvider, {
      method: "PATCH",
      path: `/api/providers/${slug}`,
      body: input,
    }),
});
