// The rooms and their doors: which folder may import which, and which folder alone may import a dependency.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** A room may import itself and these. */
const doors: Record<string, string[]> = {
  "lib/core": [],
  "lib/node": [],
  "lib/contract": ["lib/core"],
  "lib/server": ["lib/core", "lib/contract", "lib/node", "db"],
  "lib/client": ["lib/core", "lib/contract"],
  "lib/inbound": ["lib/core", "lib/contract", "lib/node", "db"],
  db: ["lib/core", "lib/contract"],
  worker: ["lib/core", "lib/contract", "lib/node", "db"],
  components: ["lib/core", "lib/contract", "lib/client"],
  app: ["lib/core", "lib/contract", "lib/server", "lib/client", "components", "db"],
  simulator: ["lib/core", "lib/contract", "lib/node", "db"],
  bin: [
    "lib/core",
    "lib/contract",
    "lib/node",
    "lib/server",
    "lib/inbound",
    "db",
    "worker",
    "simulator",
    "bench",
  ],
  bench: ["lib/core", "lib/contract", "lib/node", "lib/inbound", "db"],
  // What an application imports needs nothing of ours.
  clients: [],
  cli: ["lib/core", "lib/contract", "clients", "bin"],
  examples: ["lib/core", "lib/contract", "db", "worker"],
};

/** Who may import a dependency. */
const keepers: Record<string, string[]> = {
  // The example is an application, with a driver and a check of signatures of its own.
  postgres: ["db", "bin", "examples/order-service"],
  "drizzle-orm": ["db", "clients/enqueue-drizzle.ts"],
  undici: ["worker"],
  "graphile-worker": ["worker", "db/migrate.ts"],
  recharts: ["components/charts"],
  next: ["app", "components", "lib/server", "bin/web.ts"],
  pino: ["lib/node"],
  "@node-rs/argon2": ["lib/server"],
  "@slack/web-api": ["lib/server"],
  "rate-limiter-flexible": ["lib/server"],
  jose: ["lib/server"],
  "next-auth": ["app", "components", "lib/server"],
  nodemailer: ["worker"],
  "fast-xml-parser": ["worker"],
  standardwebhooks: ["worker", "examples/order-service"],
  "@openfeature/server-sdk": ["worker"],
  "@openfeature/core": ["worker"],
  "temporal-polyfill": ["lib/core/zoned.ts"],
  croner: ["lib/core/cron.ts"],
  "json-p3": ["lib/core/json-path.ts"],
  "prom-client": ["lib/server"],
  re2js: ["lib/core/pattern.ts"],
  diff: ["lib/client/payload-diff.ts"],
};

type Import = { file: string; target: string };

const files = Object.keys(doors).flatMap((room) => filesIn(room));
const imports = files.flatMap(importsOf);

describe("doors", () => {
  test("every file is in a room that has its doors", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => !roomOf(file))).toEqual([]);
  });

  test.each(Object.keys(doors))("%s imports only what it may", (room) => {
    const open = [room, ...(doors[room] ?? [])];
    const wrong = imports
      .filter(({ file, target }) => roomOf(file) === room && target.startsWith("/"))
      .filter(({ target }) => !open.includes(roomOf(target.slice(1)) ?? ""))
      .filter(({ target }) => target !== "/package.json");
    expect(wrong).toEqual([]);
  });

  test.each(Object.keys(keepers))("%s has one door", (name) => {
    const wrong = imports
      .filter(({ target }) => target === name || target.startsWith(`${name}/`))
      .filter(
        ({ file }) =>
          !(keepers[name] ?? []).some((keeper) => file === keeper || file.startsWith(`${keeper}/`)),
      );
    expect(wrong).toEqual([]);
  });

  test("no room has a corner for odds and ends", () => {
    const odd = /(^|\/)(utils?|helpers?|common|misc|types)(\.tsx?$|\/)/;
    expect(files.filter((file) => odd.test(file))).toEqual([]);
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(root, path)).isDirectory()) return filesIn(path);
    return /\.(ts|tsx|mjs)$/.test(name) ? [path] : [];
  });
}

function roomOf(file: string): string | undefined {
  return Object.keys(doors).find((room) => file.startsWith(`${room}/`));
}

/** What a file imports: `/path/in/the/house` for our own, the package's name for others. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = text.matchAll(
    /^(?:import|export)\s(?:[^;"'`]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm,
  );
  return [...found].map(([, plain, dynamic]) => {
    const name = plain ?? dynamic ?? "";
    if (name.startsWith("#")) return { file, target: `/${name.slice(1)}` };
    if (name.startsWith("."))
      return { file, target: `/${relative(root, resolve(root, dirname(file), name))}` };
    return { file, target: name };
  });
}
