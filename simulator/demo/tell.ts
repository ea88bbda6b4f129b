// Plays the story's due steps on the simulator; what a person turned lately stays as it is.
import { leaveToPeople, stepsBetween } from "#simulator/demo/story.ts";
import type { Simulator } from "#simulator/server.ts";

type Stage = Pick<Simulator, "provider" | "tell">;

/** From and to in ms since the story began; `nowMs` on the clock that people's turns are noted with. */
export function tellStory(simulator: Stage, fromMs: number, toMs: number, nowMs: number): void {
  for (const step of stepsBetween(fromMs, toMs)) {
    const provider = simulator.provider(step.provider);
    const knobs = leaveToPeople(step.knobs, provider.turnedByPerson(), nowMs);
    if (knobs === null) continue;
    provider.set(knobs);
    simulator.tell(step.says);
  }
}
