// Everything that can be found wrong from outside: what a start checks, then who works, and how the providers are.
import { readWorkers } from "#db/reads/database-state.ts";
import { readCodeNamed, readCodeOffered } from "#db/reads/provider-checks.ts";
import { type Check, checkCode, checkWorkers } from "#lib/core/checks.ts";
import { runProviderChecks } from "#worker/checks/provider-checks.ts";
import { type CheckGiven, runStartChecks } from "#worker/checks/start-checks.ts";

export const examine = (given: CheckGiven): Promise<Check[]> =>
  runStartChecks(given, async (sql, patiently) => [
    checkWorkers(await patiently(readWorkers(sql))),
    checkCode(await patiently(readCodeNamed(sql)), await patiently(readCodeOffered(sql))),
    ...(await runProviderChecks(sql, given.env, patiently)),
  ]);
