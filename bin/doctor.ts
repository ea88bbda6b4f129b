// `npm run doctor`: what a start checks, and more, at any time; says what is wrong and how to mend it. `--json` for
// programs. Ends with 1 when something can't work, with 0 otherwise, whatever it warns of.
import { isColoured } from "#bin/coloured.ts";
import { orExit } from "#bin/exit.ts";
import { findings } from "#bin/findings.ts";
import { startedEnv } from "#bin/started-env.ts";
import { type Check, fails, isWell } from "#lib/core/checks.ts";
import { BadEnvironment, type Env, required } from "#lib/node/env.ts";
import { examine } from "#worker/checks/doctor.ts";

await orExit(async () => {
  const checks = await checkAll();
  process.stdout.write(
    process.argv.includes("--json")
      ? `${JSON.stringify({ checks }, null, 2)}\n`
      : findings(checks, { colour: isColoured(process.stdout, process.env) }),
  );
  process.exitCode = checks.some(({ level }) => level === "fail") ? 1 : 0;
});

async function checkAll(): Promise<Check[]> {
  const name = "environment";
  let env: Env;
  try {
    env = startedEnv();
    required(env, "DATABASE_URL");
  } catch (error) {
    if (!(error instanceof BadEnvironment)) throw error;
    return [fails(name, error.message, "Correct it; docs/operations.md lists all variables.")];
  }
  return [isWell(name, "It is complete, and each variable is well-formed."), ...(await examine({ env }))];
}
