// graphile-worker's task names and what each does: ours, and beside them those of the application.
import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { upkeep } from "#db/writes/upkeep.ts";
import { toldTask } from "#lib/core/desk.ts";
import type { Deps } from "#worker/deps.ts";
import type { Drains } from "#worker/drain/drains.ts";
import { ingest } from "#worker/ingest.ts";
import { noteToldOf, ToldJob } from "#worker/notify/told.ts";

const DrainJob = z.object({ provider: z.string(), inserted: z.boolean().default(false) });
const IngestJob = z.object({ provider: z.string(), schedule: z.string(), dueAt: z.string() });

export function createTasks(deps: Deps, drains: Drains): TaskList {
  return {
    ...deps.application.tasks,
    /** Hands a provider to this process's drains and ends: the drain lives as long as its lease, not as a job's lock. */
    drain: async (payload) => {
      const { provider, inserted } = DrainJob.parse(payload);
      await drains.start(provider, { inserted });
    },
    /** Runs a schedule's function: it enqueues the records of its day. */
    ingest: async (payload, { abortSignal }) => {
      await ingest(deps, IngestJob.parse(payload), abortSignal ?? new AbortController().signal);
    },
    /** What became of a message's record. */
    [toldTask]: async (payload) => {
      await noteToldOf(deps.sql, ToldJob.parse(payload));
    },
    upkeep: async () => {
      await upkeep(deps.sql);
    },
  };
}
