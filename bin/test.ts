// `npm test`: everything that must hold, the quick first; the first failure ends it. Each runner prints its own lines;
// the last line adds them up.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildDashboard, isBuilt } from "#bin/build.ts";
import { orExit } from "#bin/exit.ts";
import { olderPostgres } from "#bin/older-postgres.ts";

const root = new URL("..", import.meta.url).pathname;
const results = join(root, "test-results");
const tool = (path: string) => join(root, "node_modules", path);

type Step = { name: string; command: string[]; env?: Record<string, string>; report?: string };

const vitest = (name: string, projects: string[]): Step => {
  const report = join(results, `${name.replaceAll(" ", "-")}.json`);
  return {
    name,
    command: [
      tool("vitest/vitest.mjs"),
      "run",
      ...projects.flatMap((project) => ["--project", project]),
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    report,
  };
};

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
  await step({ name: "format and lint", command: [tool("@biomejs/biome/bin/biome"), "check", "."] });
  await step({ name: "types", command: [tool("typescript/bin/tsc"), "--noEmit"] });
  await step(vitest("unit", ["unit"]));
  say("build");
  if (!isBuilt()) await buildDashboard();
  const older = olderPostgres();
  if (!older) say("no PostgreSQL 15 server was found on this machine; the embedded 18 alone is tested");
  // Together, for most of their time is waiting, and none ends with one long file alone.
  await step(
    vitest("integration and scenarios", ["integration", "scenarios", ...(older ? ["PostgreSQL 15"] : [])]),
  );
  await step(vitest("what measures", ["measured"]));
  await step(browser);
  const { passed, failed } = total(reports);
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
});

async function step({ name, command, env = {}, report }: Step): Promise<void> {
  say(name);
  const child = spawn(process.execPath, command, {
    cwd: root,
    // Hundreds of processes begin in a run, each with the same sources: what Node has made of them is kept.
    env: { ...process.env, NODE_COMPILE_CACHE: join(results, "compiled"), ...env },
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
