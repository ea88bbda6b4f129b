// graphile-worker's task names and what each does.
import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { upkeep } from "#db/writes/upkeep.ts";
import type { Deps } from "#worker/deps.ts";
import type { Drains } from "#worker/drain/drains.ts";

const DrainJob = z.object({ provider: z.string() });

export function createTasks(deps: Deps, drains: Drains): TaskList {
  return {
    /** Hands a provider to this process's drains and ends: the drain lives as long as its lease, not as a job's lock. */
    drain: async (payload) => {
      const { provider } = DrainJob.parse(payload);
      await drains.start(provider);
    },
    upkeep: async () => {
      await upkeep(deps.sql);
    },
  };
}
