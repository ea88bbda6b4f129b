// A PostgreSQL server of a file's own, which may be stopped the hard way and started again. It keeps what it has committed,
// or such a test would prove nothing.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#bin/free-port.ts";
import { type Server, startServer } from "#bin/postgres-server.ts";
import { migrate } from "#db/migrate.ts";

export type OwnServer = {
  /** Of a migrated database. */
  url: string;
  /** Immediate: no session ends in order, and what was not committed is gone. */
  kill: () => Promise<void>;
  start: () => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

export async function aServerOfItsOwn(): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), "redrive-server-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  let server: Server;
  const start = async () => {
    server = await startServer({
      dir: join(folder, "postgres"),
      port,
      password: "test",
      binaries: process.env.REDRIVE_POSTGRES_BINARIES,
    });
  };
  await start();
  const url = `postgres://postgres:test@127.0.0.1:${port}/postgres`;
  await migrate(url);
  return {
    url,
    start,
    async kill() {
      server.process.kill("SIGQUIT");
      await server.stop();
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
