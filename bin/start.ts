// `npm start`: everything on one machine, in one go. Database, migrations, dashboard, worker, simulator; one supervisor
// that ends them all in order, what is on its way settled first.
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { buildDashboard, isBuilt } from "#bin/build.ts";
import { endingSignal, whenAborted } from "#bin/ending.ts";
import { orExit, warn } from "#bin/exit.ts";
import { freePort, refuseTakenPort } from "#bin/free-port.ts";
import { type Installation, makeDataFolder, openInstallation, saveInstallation } from "#bin/installation.ts";
import { claimFolder } from "#bin/leftovers.ts";
import { type Managed, manage } from "#bin/supervisor.ts";
import { type Env, readEnv } from "#lib/node/env.ts";

const bin = (file: string) => new URL(file, import.meta.url).pathname;
const say = (text: string) => process.stdout.write(`${text}\n`);

/** What a start has begun, so that all of it is ended: by us, or by the next start if we are killed. */
type Begun = {
  programs: Managed[];
  begin: (program: Omit<Parameters<typeof manage>[0], "restarts" | "onPid">) => Managed;
  build: () => Promise<void>;
};

await orExit(async () => {
  const ending = endingSignal();
  const env = readEnv();
  const dataDir = resolve(env.REDRIVE_DATA_DIR);
  makeDataFolder(dataDir);
  const claim = await claimFolder(dataDir, ending);
  const begun = beginNothing(claim.note, ending);
  const starting = bringUp(env, dataDir, begun);
  try {
    await Promise.race([starting, whenAborted(ending)]);
    await whenAborted(ending);
    say("Stopping: what is on its way is settled first …");
  } finally {
    await stopAll(begun.programs);
    // A start cut short ends now, for its programs have; only a database elsewhere may keep it, and that is safe to leave:
    // each step of a migration is a transaction.
    await Promise.race([starting.catch(() => {}), delay(5_000)]);
    claim.release();
  }
  process.exit(0);
});

function beginNothing(notePids: (pids: number[]) => void, ending: AbortSignal): Begun {
  const programs: Managed[] = [];
  let builder: number | undefined;
  const note = () =>
    notePids([builder, ...programs.map((one) => one.pid())].filter((pid) => pid !== undefined));
  return {
    programs,
    begin(program) {
      ending.throwIfAborted();
      const managed = manage({ ...program, restarts: true, onPid: note });
      programs.push(managed);
      note();
      return managed;
    },
    build: () =>
      buildDashboard({
        ending,
        onPid: (pid) => {
          builder = pid;
          note();
        },
      }),
  };
}

async function bringUp(env: Env, dataDir: string, { begin, build }: Begun): Promise<void> {
  await refuseTakenPort(env.PORT);
  const installation = openInstallation(dataDir);
  const database = env.DATABASE_URL ?? startDatabase(dataDir, installation, begin);
  // What reaches the database takes half a second to load: meanwhile the server starts.
  const [databaseUrl, { migrate }, { ensureFirstPerson }, { seedDemo }] = await Promise.all([
    database,
    import("#db/migrate.ts"),
    import("#bin/first-person.ts"),
    import("#bin/demo.ts"),
  ]);
  await migrate(databaseUrl, { warn });
  const simulatorUrl = await simulatorUrlOf(env, dataDir, installation);
  if (simulatorUrl) await seedDemo(databaseUrl, simulatorUrl);
  if (!isBuilt()) {
    say("Building the dashboard; the first start and each change of the sources takes half a minute …");
    await build();
  }
  const childEnv = environmentOf(env, installation, databaseUrl, simulatorUrl);
  const names = simulatorUrl ? ["simulator", "worker", "web"] : ["worker", "web"];
  const programs = names.map((name) =>
    begin({ name, command: [bin(`${name}.ts`), ...(name === "simulator" ? ["--demo"] : [])], env: childEnv }),
  );
  await Promise.all(programs.map((program) => program.ready));

  // Last of all: a password that was made and then not shown would be lost for ever.
  const password = env.REDRIVE_ADMIN_PASSWORD ?? randomBytes(12).toString("base64url");
  const isNew = await ensureFirstPerson(databaseUrl, { email: env.REDRIVE_ADMIN_EMAIL, password });
  greet(env, isNew && !env.REDRIVE_ADMIN_PASSWORD ? password : null, simulatorUrl);
}

/** The embedded server, on the port of last time when that is still free. */
async function startDatabase(
  dataDir: string,
  installation: Installation,
  begin: Begun["begin"],
): Promise<string> {
  installation.postgresPort = await freePort(installation.postgresPort);
  saveInstallation(dataDir, installation);
  const { postgresPort, postgresPassword } = installation;
  const server = begin({
    name: "postgres",
    command: [bin("postgres.ts"), `${dataDir}/postgres`, String(postgresPort)],
    env: { ...process.env, REDRIVE_POSTGRES_PASSWORD: postgresPassword },
  });
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
  const lines = [
    `Redrive runs at ${env.NEXTAUTH_URL ?? `http://localhost:${env.PORT}`}`,
    password
      ? `Sign in as ${env.REDRIVE_ADMIN_EMAIL} with the password ${password} (shown only now)`
      : `Sign in as ${env.REDRIVE_ADMIN_EMAIL} with the password of the first start`,
    simulatorUrl && "Eight simulated providers are being delivered to; REDRIVE_DEMO=0 starts without them",
    "Ctrl-C stops everything",
  ];
  // In one go, so that nothing the programs say comes between.
  say(`\n${lines.flatMap((line) => (line ? [`  ${line}\n`] : [])).join("")}`);
}

/** The worker settles while its providers and its database still answer. */
async function stopAll(programs: Managed[]): Promise<void> {
  const stop = (names: string[], graceMs: number) =>
    Promise.all(programs.filter(({ name }) => names.includes(name)).map((one) => one.stop(graceMs)));
  await stop(["worker", "web"], 40_000);
  await stop(["simulator"], 5_000);
  await stop(["postgres"], 20_000);
}
