// `npm run bench`: the benchmarks, printed as a table and written as JSON.
//
//   npm run bench -- --only inbound         some of them: a row, and those whose names begin with it (inbound-burst)
//   npm run bench -- --quick                               to see that they run
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BenchDatabase, Figure, Row } from "#bench/row.ts";
import { rows } from "#bench/rows.ts";
import { endingSignal } from "#bin/ending.ts";
import { CannotStart, orExit } from "#bin/exit.ts";
import { freePort } from "#bin/free-port.ts";
import { type Server, startServer } from "#bin/postgres-server.ts";
import { connectSql } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);

/**
 * A row's server is its own, and what it commits is on disk. Its log has room, as that of a server that has worked for
 * a while: a new one makes a file of 16 MiB every second of a burst, and everybody waits for that.
 */
const logSettings = ["min_wal_size=2GB", "max_wal_size=6GB"];
const logMiB = 1_500;

await orExit(async () => {
  const ending = endingSignal();
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true },
      quick: { type: "boolean", default: false },
      json: { type: "string", default: "bench-results" },
    },
  });
  const chosen = chosenRows(values.only);
  const results: { name: string; title: string; figures: Figure[] }[] = [];
  for (const { name, title, run } of chosen) {
    ending.throwIfAborted();
    say(`\n${title}`);
    await using database = await aBenchDatabase();
    const figures = await run({ database, quick: values.quick, say: (text) => say(`  ${text}`) });
    results.push({ name, title, figures });
    for (const figure of figures) say(`  ${lineOf(figure)}`);
  }
  const file = write(values.json, { quick: values.quick, machine: machine(), results });
  say(`\nWritten to ${file}`);
  const missed = results.flatMap(({ figures }) => figures).filter(({ holds }) => holds === false);
  process.exit(missed.length === 0 ? 0 : 1);
});

/** Those that are named, and those of the same part, whose names go on with a hyphen. */
function chosenRows(only: string[] | undefined): readonly Row[] {
  const isOf = (row: Row, name: string) => row.name === name || row.name.startsWith(`${name}-`);
  const unknown = only?.filter((name) => !rows.some((row) => isOf(row, name))) ?? [];
  if (unknown.length > 0) {
    const known = rows.map(({ name }) => name).join(", ");
    throw new CannotStart(`There is no benchmark ${unknown.join(", ")}; there are: ${known}.`);
  }
  return rows.filter((row) => only?.some((name) => isOf(row, name)) ?? true);
}

async function aBenchDatabase(): Promise<BenchDatabase & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), "redrive-bench-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const launch = () =>
    startServer({ dir: join(folder, "postgres"), port, password: "bench", settings: logSettings });
  let server: Server = await launch();
  const url = `postgres://postgres:bench@127.0.0.1:${port}/postgres`;
  await migrate(url);
  await fillLog(url);
  return {
    url,
    kill: async () => {
      server.process.kill("SIGQUIT");
      await server.stop();
    },
    start: async () => {
      server = await launch();
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes the log full and lets it go: its files are used again from now on. */
async function fillLog(url: string): Promise<void> {
  const sql = connectSql(url, { name: "bench", max: 1 });
  for (let written = 0; written < logMiB; written++)
    await sql`select pg_logical_emit_message(false, 'bench', repeat('x', 1048576))`;
  await sql`checkpoint`;
  await sql.end({ timeout: 5 });
}

function lineOf({ name, value, goal, holds }: Figure): string {
  const rounded = value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
  const verdict = goal === undefined ? "" : `   goal ${goal}: ${holds ? "holds" : "MISSED"}`;
  return `${name.padEnd(34)} ${rounded.padStart(12)}${verdict}`;
}

function machine() {
  return {
    at: new Date().toISOString(),
    node: process.version,
    cpus: cpus().length,
    model: cpus()[0]?.model ?? arch(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

function write(folder: string, results: unknown): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(":", "-").slice(0, 19)}.json`);
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  return file;
}
