// What an application gets that installs us: plain JavaScript for any Node, and types that its own compiler can read.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = new URL("../../..", import.meta.url).pathname;
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  await run(process.execPath, [join(root, "bin/build-clients.mjs")]);
  folder = mkdtempSync(join(tmpdir(), "redrive-application-"));
  const installed = join(folder, "node_modules", "redrive");
  mkdirSync(installed, { recursive: true });
  // A copy, as an install makes one: below node_modules Node reads no TypeScript.
  for (const name of ["package.json", "dist"])
    cpSync(join(root, name), join(installed, name), { recursive: true });
  for (const name of ["postgres", "drizzle-orm", "@types"])
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a Node that reads no TypeScript imports all three", async () => {
  const file = join(folder, "application.js");
  writeFileSync(
    file,
    `import { createClient, RedriveError } from "redrive/client";
     import { enqueue } from "redrive/enqueue";
     import { enqueue as enqueueDrizzle } from "redrive/enqueue/drizzle";
     const client = createClient({ url: "http://localhost", key: "k" });
     console.log(typeof client.enqueueRecord, typeof RedriveError, typeof enqueue, typeof enqueueDrizzle);`,
  );
  const { stdout } = await run(process.execPath, ["--no-experimental-strip-types", file]);
  expect(stdout).toBe("function function function function\n");
});

const compile = async (text: string) => {
  writeFileSync(join(folder, "application.ts"), text);
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const options = "--noEmit --strict --target es2022 --module nodenext --types node --skipLibCheck".split(
    " ",
  );
  return run(process.execPath, [compiler, ...options, "application.ts"], { cwd: folder }).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
};

const application = (payload: string, status: string) => `
  import postgres from "postgres";
  import { createClient, each, type RecordDetail } from "redrive/client";
  import { enqueue } from "redrive/enqueue";
  interface Order { id: number; note?: string }
  const order: Order = { id: 7 };
  const sql = postgres("postgres://localhost");
  const id: string = await sql.begin((tx) => enqueue(tx, { provider: "ats", ${payload} }));
  const redrive = createClient();
  const record: RecordDetail = await redrive.getRecord(id);
  for await (const { subject } of each(redrive.listRecords, { status: "${status}" })) subject?.trim();
  console.log(record.events.at(-1)?.outcome);`;

test("its compiler accepts what is right, an interface as payload too", async () => {
  expect(await compile(application("payload: order", "failed"))).toBe("");
});

test("its compiler names what is wrong", async () => {
  const said = await compile(application("paylod: order", "lost"));
  expect(said).toContain("paylod");
  expect(said).toContain('"lost"');
});
