// Carries out bulk operations, step by step, with whichever other workers are there.
import { stepOperation } from "#db/writes/step-operation.ts";
import type { Deps } from "#worker/deps.ts";

/** Steps until none is due or the worker stops. */
export async function runOperations(
  { sql, hints, log }: Pick<Deps, "sql" | "hints" | "log">,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const stepped = await stepOperation(sql);
    if (stepped === null) return;
    const { id, acted, providers, isOver, fault } = stepped;
    if (fault !== null) log.warn({ err: fault, operation: id }, "a step of an operation failed");
    else if (isOver) log.info({ operation: id }, "an operation is done");
    if (acted > 0 || isOver) hints.changed({ topic: "operations", id });
    for (const provider of providers) hints.changed({ topic: "failures", provider });
  }
}
