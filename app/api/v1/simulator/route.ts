import * as operations from "#lib/contract/operations/simulator.ts";
import { SimulatorState } from "#lib/contract/simulator.ts";
import { serve } from "#lib/server/route.ts";
import { askSimulator } from "#lib/server/simulator.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getSimulator, {
  run: ({ deps }) => askSimulator(deps.env, SimulatorState, { path: "/api/providers" }),
});
