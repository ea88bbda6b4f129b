// The application's module, and the page that shows how to write one.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { BadEnvironment } from "#lib/node/env.ts";
import { loadApplication } from "#worker/application.ts";
import { anHttpAdapter, aRecord, aReply } from "./adapters/support.ts";

const root = resolve(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "redrive-application-"));
afterAll(() => rmSync(folder, { recursive: true }));

let modules = 0;
const load = (text: string) => {
  const path = join(folder, `${++modules}.mjs`);
  writeFileSync(path, text);
  return loadApplication({ REDRIVE_APPLICATION: path });
};

test("without the variable the application registers nothing", async () => {
  expect(await loadApplication({})).toEqual({ adapters: {}, handlers: {}, schedules: {}, tasks: {} });
});

test("the example is an application, found relative to where the worker starts", async () => {
  const application = await loadApplication({ REDRIVE_APPLICATION: "examples/application.ts" });
  expect(Object.keys(application.adapters)).toEqual(["company-register"]);
  expect(Object.keys(application.handlers)).toEqual(["email-events"]);
  expect(Object.keys(application.schedules)).toEqual(["refresh-companies"]);
});

const whole = "adapters: {}, handlers: {}, schedules: {}, tasks: {}";
test.each([
  [
    "throws",
    'throw new Error("no licence")',
    /could not be loaded: no licence; mend it, or unset the variable/,
  ],
  ["imports what is not there", 'import "no-such-package"', /could not be loaded: .*no-such-package/s],
  ["has no default", "export const a = 1", /default must be an object; export what defineApplication makes/],
  ["lacks a part", "export default { adapters: {} }", /default\.handlers must be an object/],
  ["has a part too many", `export default { ${whole}, more: 1 }`, /default has parts that nobody knows/],
  [
    "has a handler that can't run",
    `export default { ${whole}, handlers: { a: 1 } }`,
    /default\.handlers\.a must be a function/,
  ],
  [
    "has a handler that wants something else than no transaction",
    `export default { ${whole}, handlers: { a: { transaction: true, run: () => {} } } }`,
    /default\.handlers\.a must be a function, or \{ transaction: false, run \} with one/,
  ],
  [
    "has an adapter that is none",
    `export default { ${whole}, adapters: { a: {} } }`,
    /default\.adapters\.a must be an adapter/,
  ],
  [
    "has a name that no policy can hold",
    `export default { ${whole}, handlers: { "a b": () => {} } }`,
    /default\.handlers\.a b must be named/,
  ],
])("a module that %s stops the start with a sentence", async (_, text, sentence) => {
  const loading = load(text);
  await expect(loading).rejects.toThrow(BadEnvironment);
  await expect(loading).rejects.toThrow(/^REDRIVE_APPLICATION: /);
  await expect(loading).rejects.toThrow(sentence);
});

test("a module that is not there is named", async () => {
  await expect(loadApplication({ REDRIVE_APPLICATION: "nowhere.ts" })).rejects.toThrow(
    `REDRIVE_APPLICATION: there is no file at ${resolve("nowhere.ts")}`,
  );
});

test("an adapter can't take a built-in one's name", async () => {
  const zod = import.meta.resolve("zod");
  const text = `import { z } from ${JSON.stringify(zod)}; export default { ${whole}, adapters: { soap: { options: z.object({}), create: () => {} } } }`;
  await expect(load(text)).rejects.toThrow("default.adapters.soap has the name of a built-in adapter");
});

test("the example's adapter keeps a company, and knows a maintenance page with 200 from one", async () => {
  const { read } = anHttpAdapter(
    "company-register",
    { url: "https://register.example/companies", options: { country: "de" } },
    { application: await loadApplication({ REDRIVE_APPLICATION: "examples/application.ts" }) },
  );
  const company = { name: "ACME", dissolved: false };
  expect(read?.(aReply(200, company), aRecord())).toEqual({ response: JSON.stringify(company) });
  const unexpected = { outcome: "unexpected", error: "200: what came is no company" };
  for (const body of ["<html>Back at noon</html>", "", "null", { name: "ACME" }])
    expect(read?.(aReply(200, body), aRecord())).toEqual(unexpected);
  expect(read?.(aReply(503, "<html>"), aRecord())).toEqual({});
});

test("the page's adapter is the example's, and as long as it says", () => {
  const example = readFileSync(join(root, "examples/company-register.ts"), "utf8");
  const page = readFileSync(join(root, "docs/adapters.md"), "utf8");
  expect(page).toContain(`\`\`\`ts\n${example}\`\`\`\n`);
  expect(example.trimEnd().split("\n").length).toBeLessThanOrEqual(30);
});
