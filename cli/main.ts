// Runs the command line of this process.
import { fstatSync } from "node:fs";
import { programs } from "#cli/programs.ts";
import { run } from "#cli/run.ts";

const ending = new AbortController();
const [name = ""] = process.argv.slice(2);
const isProgram = Object.hasOwn(programs, name);

// The programs end by their own rules; a command ends with what is on its way done.
if (!isProgram) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ending.abort());
  // Whoever read our output has left: `redrive tail | head`.
  process.stdout.on("error", () => process.exit(0));
}

const code = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdinBytes: stdinBytes(),
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  ending: ending.signal,
});
// A program that is running has set the process's course itself.
if (!isProgram || code !== 0) process.exit(code);

function stdinBytes(): number | null {
  try {
    const stat = fstatSync(0);
    return stat.isFile() ? stat.size : null;
  } catch {
    return null;
  }
}
