import { queryOptions } from "@tanstack/react-query";
import { getJson, sendJson } from "#lib/client/http.ts";
import type { PatchKnobs, SimulatedProvider, SimulatorState } from "#lib/contract/simulator.ts";

export const simulatorQuery = () =>
  queryOptions({
    queryKey: ["simulator"],
    queryFn: ({ signal }) => getJson<SimulatorState>("/simulator", signal),
    // The simulator sends no hints: its counters are asked for.
    refetchInterval: 2_000,
  });

export const turnKnobs = (slug: string, change: PatchKnobs) =>
  sendJson<SimulatedProvider>("PATCH", `/simulator/${encodeURIComponent(slug)}`, change);
