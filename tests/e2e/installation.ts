// The whole of Redrive, as `npm start` starts it, in a folder of its own: one for each of the runner's workers, so that no
// test meets what another is doing.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#bin/free-port.ts";
import { embeddedUrl, openInstallation } from "#bin/installation.ts";
import { connectSql, type Sql } from "#db/client.ts";
import { createUser } from "#db/writes/create-user.ts";
import type { Role } from "#lib/core/access.ts";
import { hashPassword } from "#lib/server/passwords.ts";
import { run } from "#tests/support/processes.ts";
import { signingSecret } from "#tests/support/slack-signed.ts";

export const admin = { email: "admin@redrive.local", password: "a password for tests" };
/** Two more people, who come with the installation's own database. */
export const colleague = { email: "maria@example.org", password: "another password for tests" };
export const support = { email: "tess@example.org", password: "a third password for tests" };
export const apiKey = "rk_of-the-browser-tests";

export type Installation = { url: string; sql: Sql; [Symbol.asyncDispose]: () => Promise<void> };

export async function anInstallation(): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), "redrive-e2e-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const redrive = run("start.ts", {
    PORT: String(port),
    REDRIVE_DATA_DIR: join(folder, "data"),
    REDRIVE_DEMO: "0",
    REDRIVE_ALLOW_PRIVATE_NETWORKS: "1",
    REDRIVE_ADMIN_EMAIL: admin.email,
    REDRIVE_ADMIN_PASSWORD: admin.password,
    REDRIVE_API_KEY: apiKey,
    REDRIVE_SLACK_SIGNING_SECRET: signingSecret,
    LOG_LEVEL: "warn",
  });
  await using opening = new AsyncDisposableStack();
  opening.defer(() => rmSync(folder, { recursive: true, force: true }));
  opening.defer(async () => void (await redrive.kill("SIGTERM")));
  await redrive.says("Redrive runs at");
  const databaseUrl = embeddedUrl(openInstallation(join(folder, "data")));
  const sql = connectSql(databaseUrl, { name: "redrive e2e", max: 1 });
  opening.defer(() => sql.end());
  await addPeople(sql);
  const opened = opening.move();
  return {
    url: `http://localhost:${port}`,
    sql,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function addPeople(sql: Sql): Promise<void> {
  const add = async (who: typeof colleague, name: string, role: Role) =>
    createUser(sql, { email: who.email, name, role, passwordHash: await hashPassword(who.password) });
  await add(colleague, "Maria Lopez", "admin");
  await add(support, "Tess Okafor", "support_tech");
}
