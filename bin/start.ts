// `npm start`: everything on one machine, in one go. Database, migrations, dashboard, worker, simulator; one supervisor
// that ends them all in order, what is on its way settled first.
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import postgres from "postgres";
import { buildDashboard, isBuilt } from "#bin/build.ts";
import { CannotStart, orExit, sentence } from "#bin/exit.ts";
import { freePort, isFree } from "#bin/free-port.ts";
import { type Installation, openInstallation, saveInstallation } from "#bin/installation.ts";
import { awaitLeftovers, forgetRunning, noteRunning } from "#bin/leftovers.ts";
import { type Managed, manage } from "#bin/supervisor.ts";
import { connectSql } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";
import { ensureAdmin } from "#db/writes/ensure-admin.ts";
import { type Env, readEnv } from "#lib/node/env.ts";
import { hashPassword } from "#lib/server/passwords.ts";
import { seedDemo } from "#simulator/demo/seed.ts";

const bin = (file: string) => new URL(file, import.meta.url).pathname;
const say = (text: string) => process.stdout.write(`${text}\n`);

await orExit(async () => {
  const env = readEnv();
  const dataDir = resolve(env.REDRIVE_DATA_DIR);
  const installation = openInstallation(dataDir);
  await awaitLeftovers(dataDir);
  await refuseBusyPort(env.PORT);

  const started: Managed[] = [];
  const keep = (managed: Managed): Managed => {
    started.push(managed);
    note();
    return managed;
  };
  const note = () =>
    noteRunning(
      dataDir,
      started.map((one) => one.pid()).filter((pid) => pid !== undefined),
    );
  endOnSignal(dataDir, started);

  try {
    const databaseUrl = env.DATABASE_URL ?? (await startDatabase(dataDir, installation, keep));
    await migrate(databaseUrl);
    const simulatorUrl = await simulatorUrlOf(env, dataDir, installation);
    const password = await seed(env, databaseUrl, simulatorUrl);
    if (!isBuilt()) {
      say("Building the dashboard; the first start and each change of the sources takes half a minute …");
      await buildDashboard();
    }
    const childEnv = environmentOf(env, installation, databaseUrl, simulatorUrl);
    const run = (name: string, file: string) =>
      keep(manage({ name, command: [bin(file)], env: childEnv, restarts: true, onPid: note }));
    const programs = simulatorUrl ? ["simulator", "worker", "web"] : ["worker", "web"];
    await Promise.all(programs.map((name) => run(name, `${name}.ts`).ready));
    greet(env, password, simulatorUrl);
  } catch (error) {
    await stopAll(dataDir, started);
    throw new CannotStart(sentence(error));
  }
});

async function refuseBusyPort(port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new CannotStart(
    `Port ${port} is in use: stop what listens there, or choose another: PORT=${port + 1} npm start`,
  );
}

/** The embedded server, on the port of last time when that is still free. */
async function startDatabase(
  dataDir: string,
  installation: Installation,
  keep: (managed: Managed) => Managed,
): Promise<string> {
  installation.postgresPort = await freePort(installation.postgresPort);
  saveInstallation(dataDir, installation);
  const { postgresPort, postgresPassword } = installation;
  const server = keep(
    manage({
      name: "postgres",
      command: [bin("postgres.ts"), `${dataDir}/postgres`, String(postgresPort)],
      env: { ...process.env, REDRIVE_POSTGRES_PASSWORD: postgresPassword },
      restarts: true,
    }),
  );
  await server.ready;
  const url = `postgres://postgres:${postgresPassword}@127.0.0.1:${postgresPort}`;
  const sql = postgres(`${url}/postgres`, { max: 1, onnotice: () => {} });
  const [present] = await sql`select from pg_database where datname = 'redrive'`;
  if (!present) await sql`create database redrive`;
  await sql.end();
  return `${url}/redrive`;
}

/** Where the simulator will listen; null without the demo. */
async function simulatorUrlOf(env: Env, dataDir: string, installation: Installation): Promise<string | null> {
  if (!env.REDRIVE_DEMO) return null;
  if (env.REDRIVE_SIMULATOR_URL) return env.REDRIVE_SIMULATOR_URL;
  installation.simulatorPort = await freePort(installation.simulatorPort);
  saveInstallation(dataDir, installation);
  return `http://127.0.0.1:${installation.simulatorPort}`;
}

/** @returns the password that was made for the first administrator; null when there is one already, or it was given. */
async function seed(env: Env, databaseUrl: string, simulatorUrl: string | null): Promise<string | null> {
  const sql = connectSql(databaseUrl, { name: "redrive start", max: 1 });
  try {
    const password = env.REDRIVE_ADMIN_PASSWORD ?? randomBytes(12).toString("base64url");
    const made = await ensureAdmin(sql, {
      email: env.REDRIVE_ADMIN_EMAIL,
      passwordHash: await hashPassword(password),
    });
    if (simulatorUrl) await seedDemo(sql, simulatorUrl);
    return made && !env.REDRIVE_ADMIN_PASSWORD ? password : null;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function environmentOf(
  env: Env,
  installation: Installation,
  databaseUrl: string,
  simulatorUrl: string | null,
) {
  return {
    ...process.env,
    NODE_ENV: "production" as const,
    DATABASE_URL: databaseUrl,
    PORT: String(env.PORT),
    REDRIVE_SECRET: env.REDRIVE_SECRET ?? installation.secret,
    NEXTAUTH_SECRET: env.NEXTAUTH_SECRET ?? installation.nextauthSecret,
    // The demo's providers are on loopback.
    ...(simulatorUrl && { REDRIVE_SIMULATOR_URL: simulatorUrl, REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" }),
  };
}

function greet(env: Env, password: string | null, simulatorUrl: string | null): void {
  say("");
  say(`  Redrive runs at ${env.NEXTAUTH_URL ?? `http://localhost:${env.PORT}`}`);
  say(
    password
      ? `  Sign in as ${env.REDRIVE_ADMIN_EMAIL} with the password ${password} (shown only now)`
      : `  Sign in as ${env.REDRIVE_ADMIN_EMAIL} with the password of the first start`,
  );
  if (simulatorUrl)
    say("  Eight simulated providers are being delivered to; REDRIVE_DEMO=0 starts without them");
  say("  Ctrl-C stops everything");
  say("");
}

function endOnSignal(dataDir: string, started: Managed[]): void {
  let ending = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, async () => {
      if (ending) return;
      ending = true;
      say("Stopping: what is on its way is settled first …");
      await stopAll(dataDir, started);
      process.exit(0);
    });
  }
}

/** The worker settles while its providers and its database still answer. */
async function stopAll(dataDir: string, started: Managed[]): Promise<void> {
  const stop = (names: string[], graceMs: number) =>
    Promise.all(started.filter(({ name }) => names.includes(name)).map((one) => one.stop(graceMs)));
  await stop(["worker", "web"], 40_000);
  await stop(["simulator"], 5_000);
  await stop(["postgres"], 20_000);
  forgetRunning(dataDir);
}
