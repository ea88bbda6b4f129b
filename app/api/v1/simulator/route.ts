import { SimulatorState } from "#lib/contract/simulator.ts";
import { route } from "#lib/server/route.ts";
import { askSimulator } from "#lib/server/simulator.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "simulate",
  output: SimulatorState,
  run: async ({ deps }) => SimulatorState.parse(await askSimulator(deps.env, { path: "/api/providers" })),
});
