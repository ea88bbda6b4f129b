// `npm run simulator`: simulated providers on loopback and, with a database, the demo that feeds them.
import { endingSignal, sayReady, whenAborted } from "#bin/ending.ts";
import { CannotStart, orExit } from "#bin/exit.ts";
import { connectSql, PostgresError } from "#db/client.ts";
import { readEnv } from "#lib/node/env.ts";
import { createLog } from "#lib/node/log.ts";
import { prepareDemo, runDemo } from "#simulator/demo/run.ts";
import { type Simulator, startSimulator } from "#simulator/server.ts";

const log = createLog("simulator");

await orExit(async () => {
  const ending = endingSignal();
  const env = readEnv();
  // Alone it is a server and nothing else; only the demo's start has it feed a database.
  const database = process.argv.includes("--demo") ? env.DATABASE_URL : undefined;
  const simulator = await listen(
    env.REDRIVE_SIMULATOR_URL ?? "http://127.0.0.1:4100",
    database !== undefined,
  );
  if (database !== undefined) {
    const sql = connectSql(database, { max: 1, name: "demo feed" });
    const deps = { sql, simulator, simulatorUrl: env.REDRIVE_SIMULATOR_URL ?? simulator.url, log };
    await prepareDemo(deps).catch(explain);
    void runDemo(deps, ending);
  }
  log.info({ url: simulator.url, demo: database !== undefined }, "the simulator listens");
  sayReady();

  await whenAborted(ending);
  // Nothing here is worth waiting for: what the database has not confirmed, the demo does not owe.
  await simulator.close();
  process.exit(0);
});

async function listen(address: string, demo: boolean): Promise<Simulator> {
  const { hostname, port } = new URL(address);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  try {
    // A demo runs for days; a test wants every key.
    return await startSimulator({
      host,
      port: Number(port || 80),
      demo,
      keysKept: demo ? 50_000 : undefined,
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "EADDRINUSE")
      throw new CannotStart(
        `The simulator can't listen on ${address}, for something else does: stop that, or set REDRIVE_SIMULATOR_URL to another port, like http://127.0.0.1:4101.`,
      );
    if (code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
      throw new CannotStart(
        `The simulator can't listen on ${address} (${code}): set REDRIVE_SIMULATOR_URL to a free address of this machine, like http://127.0.0.1:4101.`,
      );
    throw error;
  }
}

/** The two SQLSTATEs of tables that were never made. */
function explain(error: unknown): never {
  if (error instanceof PostgresError && (error.code === "42P01" || error.code === "3F000"))
    throw new CannotStart(
      "The database at DATABASE_URL has no Redrive tables yet: run npm run migrate first, or run the simulator without --demo.",
    );
  throw error;
}
