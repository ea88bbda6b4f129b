// Turning knobs: a partial change over what is set.
import { Knobs, type PatchKnobs } from "#lib/contract/simulator.ts";

export const defaultKnobs: Knobs = Knobs.parse({});

/** What the patch leaves out stays. */
export function turn(knobs: Knobs, { latency, ...others }: PatchKnobs): Knobs {
  return { ...knobs, ...given(others), latency: { ...knobs.latency, ...given(latency ?? {}) } };
}

/** Without members that are undefined: they would switch a knob off that nobody named. */
function given<Patch extends object>(
  patch: Patch,
): { [Name in keyof Patch]: Exclude<Patch[Name], undefined> } {
  const set = Object.entries(patch).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [Name in keyof Patch]: Exclude<Patch[Name], undefined> };
}
