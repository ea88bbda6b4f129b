// A start that was killed leaves processes that are on their way out. Their pids stand in the data folder; the next start
// waits for them, and ends those that hang.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CannotStart } from "#bin/exit.ts";

type Running = { supervisor: number; children: number[] };

const fileIn = (dataDir: string) => join(dataDir, "running.json");

export function noteRunning(dataDir: string, children: number[]): void {
  writeFileSync(fileIn(dataDir), JSON.stringify({ supervisor: process.pid, children } satisfies Running));
}

export function forgetRunning(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

/**
 * Waits for the processes of a killed start to end.
 *
 * @throws CannotStart when a start from the same folder is still running.
 */
export async function awaitLeftovers(dataDir: string): Promise<void> {
  const running = readRunning(dataDir);
  if (!running) return;
  if (isOurs(running.supervisor)) {
    throw new CannotStart(
      `Redrive already runs from this folder (process ${running.supervisor}): stop it first, or set REDRIVE_DATA_DIR and PORT to run a second one.`,
    );
  }
  for (let waited = 0; running.children.some(isOurs); waited += 100) {
    // They stop by themselves when their supervisor is gone, in well under a second unless requests are still out.
    if (waited >= 10_000) for (const pid of running.children.filter(isOurs)) process.kill(pid, "SIGKILL");
    if (waited >= 15_000) break;
    await delay(100);
  }
  forgetRunning(dataDir);
}

function readRunning(dataDir: string): Running | null {
  const file = fileIn(dataDir);
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // Cut short by the kill: there is nothing to learn from it.
    return null;
  }
}

/** Whether a pid is alive and, where /proc tells, one of our programs: after a reboot it may be anybody's. */
function isOurs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const file = `/proc/${pid}/cmdline`;
  return (
    !existsSync("/proc/self/cmdline") || (existsSync(file) && readFileSync(file, "utf8").includes("bin/"))
  );
}
