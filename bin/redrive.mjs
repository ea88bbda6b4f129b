#!/usr/bin/env node
// `npx redrive`, with whichever Node the machine has: what runs is TypeScript, so it is handed to the Node of this project
// where the machine's own can't read that.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, "cli", "main.ts");
const ownNode = join(root, "node_modules", "node", "bin", "node");

/** Node reads no TypeScript there, whatever its version. */
if (root.includes(`${sep}node_modules${sep}`)) {
  fail(
    "redrive runs from its own folder, not from a copy below node_modules: clone it, run npm ci there, and link it with npm install ../redrive.",
  );
} else if (process.features.typescript) {
  await import(main);
} else if (existsSync(ownNode)) {
  handOver();
} else {
  fail(
    `redrive needs Node 22.18 or newer, and this is ${process.version}: run npm ci in ${root}, which brings one.`,
  );
}

function handOver() {
  const child = spawn(ownNode, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  // Ctrl-C reaches the child from the terminal; what is sent to us alone is passed on, and it decides when all ends.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => fail(`redrive could not be started (${error.message}).`));
  child.once("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
