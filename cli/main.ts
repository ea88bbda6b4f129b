// Runs the command line of this process.
import { fstatSync } from "node:fs";
import { Unread, Unwritable } from "#cli/ending.ts";
import { exitCodes } from "#cli/exit-codes.ts";
import { programs } from "#cli/programs.ts";
import { run } from "#cli/run.ts";

const ending = new AbortController();
/** One Ctrl-C may come twice: from the terminal, and passed on by npx or by the launcher. Nobody types two so fast, ms. */
const sameMs = 300;
const [name = ""] = process.argv.slice(2);
const isProgram = Object.hasOwn(programs, name);

// The programs end by their own rules; a command ends with what is on its way done, or at once when it is asked again.
if (!isProgram) {
  let askedMs: number | null = null;
  const end = () => {
    if (askedMs !== null && performance.now() - askedMs > sameMs) process.exit(exitCodes.interrupted);
    askedMs ??= performance.now();
    ending.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  // Whoever read our results has left: `redrive tail | head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    ending.abort(error.code === "EPIPE" ? new Unread() : new Unwritable("stdout", error)),
  );
  // Notes that nobody reads are no reason to end.
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") ending.abort(new Unwritable("stderr", error));
  });
}

const code = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdinBytes: stdinBytes(),
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  ending: ending.signal,
  // That a write has failed is known only after it.
  written: () => new Promise((done) => process.stdout.write("", () => setImmediate(done))),
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
