// Whether a dashboard can serve: what must be true of its database, and that somebody delivers.
import {
  type Check,
  checkJobs,
  checkMigrations,
  checkPartitions,
  checkWorkers,
  type DatabaseState,
  fails,
  isWell,
  sentenceOf,
  type WorkerSeen,
  workerSilentMs,
} from "#lib/core/checks.ts";
import { databaseFault } from "#lib/core/database-fault.ts";

export type Readiness = {
  status: "ready" | "not ready";
  /** Why it is not ready, a sentence each, with its mend. */
  reasons: string[];
  checks: { name: string; ok: boolean; says: string }[];
};

/** `workers` is null where the database is not at our state: then it can't be asked. */
export type Found = { state: DatabaseState; workers: WorkerSeen[] | null; tookMs: number };

/**
 * Missing partitions are told, and stop nothing: records wait in the default one, and are delivered from there. Probes are
 * answered to anyone, so they learn neither the server's version nor the names of hosts.
 */
export function readinessOf({ state, workers, tookMs }: Found): Readiness {
  const checks = [
    isWell("database", `It answered in ${tookMs} ms.`),
    checkMigrations(state.migration),
    checkJobs(state.jobs),
    checkPartitions(state.missing),
  ];
  if (workers === null) return told(checks);
  return told([...checks, checkWorkers(workers.filter(({ silentMs }) => silentMs < workerSilentMs))]);
}

export const silentDatabase = (patienceMs: number): Readiness =>
  told([
    fails(
      "database",
      `The database did not answer within ${patienceMs / 1_000} s.`,
      "Look after the database.",
    ),
  ]);

/** A fault that has no sentence of its own is in the log: what the driver says may hold what a probe should not learn. */
export const faultyDatabase = (error: unknown): Readiness => {
  const fault = databaseFault(error);
  if (fault === null)
    return told([fails("database", "The database could not be asked.", "See this process's log.")]);
  return told([fails("database", fault.says, fault.mend)]);
};

function told(checks: Check[]): Readiness {
  const reasons = checks.filter(({ level }) => level === "fail").map(sentenceOf);
  return {
    status: reasons.length === 0 ? "ready" : "not ready",
    reasons,
    checks: checks.map(({ name, level, says }) => ({ name, ok: level === "ok", says })),
  };
}
