// The demo's simulated providers.

import { z } from "zod";
import * as desk from "#lib/contract/desk-examples.ts";
import { operation } from "#lib/contract/operation.ts";
import { PatchKnobs, SimulatedProvider, SimulatorState } from "#lib/contract/simulator.ts";
import { Slug } from "#lib/contract/slug.ts";

export const getSimulator = operation({
  id: "getSimulator",
  method: "GET",
  path: "/simulator",
  tag: "Simulator",
  summary: "How the demo's simulator behaves",
  may: "simulate",
  output: SimulatorState,
  problems: ["not_found"],
  example: { output: { demo: true, story: null, items: [desk.simulated] } },
});

export const patchSimulator = operation({
  id: "patchSimulator",
  method: "PATCH",
  path: "/simulator/{slug}",
  tag: "Simulator",
  summary: "Changes how a simulated provider behaves",
  may: "simulate",
  params: z.object({ slug: Slug }),
  input: PatchKnobs,
  output: SimulatedProvider,
  example: { params: { slug: "ats" }, input: { outage: "503" }, output: desk.simulated },
});
