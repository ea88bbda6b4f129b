// `npm test`: everything that must hold, the quick first; the first failure ends it. Each runner prints its own lines;
// the last line adds them up.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildDashboard, isBuilt } from "#bin/build.ts";
import { orExit } from "#bin/exit.ts";

const root = new URL("..", import.meta.url).pathname;
const results = join(root, "test-results");
const tool = (path: string) => join(root, "node_modules", path);

type Step = { name: string; command: string[]; env?: Record<string, string>; report?: string };

type Given = { env?: Record<string, string>; without?: readonly string[] };

const vitest = (name: string, project: string, { env = {}, without = [] }: Given = {}): Step => {
  const report = join(results, `${name.replaceAll(" ", "-")}.json`);
  return {
    name,
    command: [
      tool("vitest/vitest.mjs"),
      "run",
      "--project",
      project,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    env: {
      ...env,
      ...(without.length > 0
        ? { REDRIVE_TEST_WITHOUT: without.map((file) => `tests/integration/${file}.test.ts`).join(",") }
        : {}),
    },
    report,
  };
};

/**
 * What these show does not hang on the server's version, and most of their time is spent waiting. Their statements run on the
 * older server as well, in other files.
 */
const alikeOnAll = [
  "order-service",
  "quickstart",
  "demo",
  "doctor",
  "lost-connection",
  "start",
  "start-check",
  "api/api-rate",
  "api/channels",
  "api/fuzz",
  "api/health",
  "api/key-bounds",
  "api/keys",
  "api/metrics",
  "api/my",
  "api/openapi",
  "api/people",
  "api/portal-tokens",
  "api/provider-auth",
  "api/recoveries",
  "api/sign-in",
  "api/slack",
  "api/stream",
  "api/who-may",
  "cli/commands",
  "cli/enqueue",
  "clients/client",
  "clients/package",
  "desk/answers",
  "desk/messages",
  "desk/messages-elsewhere",
  "desk/slack-docs",
  "engine/adapters",
  "engine/auth",
  "engine/database-restart",
  "engine/death",
  "engine/gates",
  "engine/handlers-kill",
  "engine/health",
  "engine/kill",
  "engine/ordering",
  "engine/overlap",
  "engine/phantoms",
  "engine/redrive",
  "engine/schedules",
  "engine/trouble",
  "inbound/refused",
  "inbound/restart",
  "inbound/sources",
  "operations/kill",
];

const browserReport = join(results, "browser.json");
const browser: Step = {
  name: "browser",
  command: [tool("@playwright/test/cli.js"), "test"],
  env: { PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport },
  report: browserReport,
};

const reports: string[] = [];

await orExit(async () => {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const older = olderPostgres();
  await step({ name: "format and lint", command: [tool("@biomejs/biome/bin/biome"), "check", "."] });
  await step({ name: "types", command: [tool("typescript/bin/tsc"), "--noEmit"] });
  await step(vitest("unit", "unit"));
  say("build");
  if (!isBuilt()) await buildDashboard();
  await step(vitest("integration", "integration"));
  await step(vitest("scenarios", "scenarios"));
  await step(vitest("what measures", "measured"));
  if (older)
    await step(
      vitest("integration on PostgreSQL 15", "integration", {
        env: { REDRIVE_POSTGRES_BINARIES: older },
        without: alikeOnAll,
      }),
    );
  else say("no PostgreSQL 15 server was found on this machine; the embedded 18 alone was tested");
  await step(browser);
  const { passed, failed } = total(reports);
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
});

async function step({ name, command, env = {}, report }: Step): Promise<void> {
  say(name);
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const code = await new Promise((done) => child.once("exit", (exit, signal) => done(exit ?? signal)));
  if (report) reports.push(report);
  if (code === 0) return;
  const { passed, failed } = total(reports);
  process.stdout.write(`\n${passed} passed, ${Math.max(1, failed)} failed\n`);
  process.stderr.write(`"${name}" failed.\n`);
  process.exit(1);
}

function say(name: string): void {
  process.stdout.write(`\n── ${name} ${"─".repeat(Math.max(0, 100 - name.length))}\n`);
}

/** A server of the oldest supported version, where this machine has one. */
function olderPostgres(): string | null {
  const folders = [
    "/usr/lib/postgresql/15/bin",
    "/opt/homebrew/opt/postgresql@15/bin",
    "/usr/local/opt/postgresql@15/bin",
  ];
  return folders.find((folder) => existsSync(folder) && readdirSync(folder).includes("initdb")) ?? null;
}

type VitestReport = { numPassedTests: number; numFailedTests: number };
type BrowserReport = { stats: { expected: number; unexpected: number; flaky: number } };

function total(files: string[]): { passed: number; failed: number } {
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    if (!existsSync(file)) continue;
    const report: VitestReport | BrowserReport = JSON.parse(readFileSync(file, "utf8"));
    passed += "stats" in report ? report.stats.expected : report.numPassedTests;
    failed += "stats" in report ? report.stats.unexpected + report.stats.flaky : report.numFailedTests;
  }
  return { passed, failed };
}
