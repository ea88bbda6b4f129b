// docs/clients.md: each example runs as it is written, where its toolchain is here; of the others, their SQL does.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commands } from "#cli/run.ts";
import { connectSql } from "#db/client.ts";
import { type Api, anApi, bootstrapKey } from "#tests/integration/api/app.ts";
import { type ApiServer, anApiServer } from "#tests/support/api-server.ts";
import { aProvider } from "#tests/support/database.ts";

const root = new URL("../../..", import.meta.url).pathname;
const run = promisify(execFile);
const page = (name: string) => readFileSync(join(root, "docs", name), "utf8");
const clients = page("clients.md");
const examples = (kind: string) =>
  [...clients.matchAll(new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text = ""]) => text);

let api: Api;
let server: ApiServer;
let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  api = await anApi();
  server = await anApiServer();
  await aProvider(api.sql, "warehouse");
  await api.sql`create table orders (id int primary key, article text)`;
  await run(process.execPath, [join(root, "bin/build-clients.mjs")]);
  // As `npm install ../redrive` leaves an application: a link to our folder.
  folder = mkdtempSync(join(tmpdir(), "redrive-clients-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  symlinkSync(join(root, "dist"), join(folder, "dist"));
  symlinkSync(join(root, "package.json"), join(folder, "package.json"));
  env = {
    ...process.env,
    DATABASE_URL: api.url,
    REDRIVE_URL: server.url,
    REDRIVE_API_KEY: bootstrapKey,
  };
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

/** Whether the record of an order is there, and the order with it where it was stored together. */
const owed = async (order: number) => {
  const [row] = await api.sql<{ subject: string; payload: unknown }[]>`
    select subject, payload from redrive.outbox where payload = ${`{"order": ${order}}`}::text::jsonb`;
  return row;
};
const stored = async (order: number) =>
  (await api.sql`select from orders where id = ${order} and article = 'lamp'`).length === 1;
const isOwedAndStored = async (order: number) => {
  expect(await owed(order)).toEqual({ subject: `Order ${order}`, payload: { order } });
  expect(await stored(order)).toBe(true);
};

test("SQL, as psql sends it", async () => {
  const [text = ""] = examples("sql");
  const one = connectSql(api.url, { name: "one connection", max: 1 });
  await one.unsafe(text);
  await one.end();
  await isOwedAndStored(7);
});

test.each([
  ["postgres.js", 0, 8],
  ["pg", 1, 9],
  ["drizzle", 2, 10],
])("redrive/enqueue with %s", async (name, nth, order) => {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, examples("ts")[nth] ?? "");
  await run(process.execPath, [file], { env });
  await isOwedAndStored(order);
});

test("redrive/client", async () => {
  const file = join(folder, "client.mjs");
  writeFileSync(file, examples("ts")[3] ?? "");
  const { stdout } = await run(process.execPath, [file], { env });
  expect(stdout).toBe("waiting\nnot_found 404\n");
  expect(await owed(11)).toBeDefined();
});

const has = (command: string, ...args: string[]) =>
  run(command, args).then(
    () => true,
    () => false,
  );
const python = await has("python3", "--version");

if (python) {
  test("Python over HTTP", async () => {
    const { stdout } = await run("python3", ["-c", examples("python")[1] ?? ""], { env });
    expect(stdout).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(await owed(13)).toBeDefined();
  });

  test("Python with psycopg, or its grammar where psycopg is not here", async () => {
    const [text = ""] = examples("python");
    if (await has("python3", "-c", "import psycopg")) {
      await run("python3", ["-c", text], { env });
      await isOwedAndStored(12);
    } else {
      await run("python3", ["-c", "import ast, sys; ast.parse(sys.argv[1])", text]);
    }
  });
}

test("curl", async () => {
  const [, curl = ""] = examples("sh");
  await run("bash", ["-c", curl], { env });
  expect(await owed(16)).toBeDefined();
});

/** Statements in quotes, their parameters as PostgreSQL counts them. */
const statements = (text: string, quoted: RegExp) =>
  [...text.matchAll(quoted)].map(([, statement = ""]) => {
    let nth = 0;
    return statement.replaceAll(/%s|\?/g, () => `$${++nth}`);
  });

test.each([
  ["Python", "python", /"((?:insert|select) [^"]*)"/g, 21],
  ["Go", "go", /`((?:insert|select) [^`]*)`/g, 22],
  ["Java", "java", /"((?:insert|select) [^"]*)"/g, 23],
])("the SQL of %s", async (_, kind, quoted, order) => {
  const [insert = "", enqueue = "", ...others] = statements(examples(kind)[0] ?? "", quoted);
  expect(others).toEqual([]);
  await api.sql.begin(async (tx) => {
    await tx.unsafe(insert, [order, "lamp"]);
    await tx.unsafe(enqueue, ["warehouse", `{"order": ${order}}`, `Order ${order}`, "customer-42"]);
  });
  await isOwedAndStored(order);
});

test("docs/cli.md lists every command, and every exit code", async () => {
  const text = page("cli.md");
  for (const name of Object.keys(commands)) expect(text).toContain(`\`redrive ${name}`);
  const { exitCodes } = await import("#cli/exit-codes.ts");
  const listed = [...text.matchAll(/^\| (\d+) \| /gm)].map(([, code]) => Number(code));
  expect(listed).toEqual(Object.values(exitCodes));
});
