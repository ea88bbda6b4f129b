// One PostgreSQL server for the whole run, in a temporary folder, with one migrated template database; each test file
// clones it in some tens of milliseconds.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { freePort } from "#bin/free-port.ts";
import { startServer } from "#bin/postgres-server.ts";
import { migrate } from "#db/migrate.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** URL of the server's maintenance database. */
    serverUrl: string;
  }
}

export const templateName = "redrive_template";

export default async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), "redrive-test-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const server = await startServer({
    dir: join(folder, "postgres"),
    port,
    password: "test",
    binaries: project.config.env?.REDRIVE_POSTGRES_BINARIES ?? process.env.REDRIVE_POSTGRES_BINARIES,
    settings: ["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
  });
  const serverUrl = `postgres://postgres:test@127.0.0.1:${port}/postgres`;
  const sql = postgres(serverUrl, { max: 1 });
  await sql.unsafe(`create database ${templateName}`);
  await sql.end();
  await migrate(new URL(`/${templateName}`, serverUrl).href);
  project.provide("serverUrl", serverUrl);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
