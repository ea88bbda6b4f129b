// A process, told from a later one with the same pid: pids repeat, in a container after every restart. Nothing may be
// signalled, or waited for, because of a number alone.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

export type Identity = { pid: number; since: string };

/** Who has this pid now; null when nobody has. */
export function identify(pid: number): Identity | null {
  const since = existsSync("/proc/self/stat") ? sinceByProc(pid) : ask(pid, "lstart=");
  return since === null ? null : { pid, since };
}

/** Whether the very process lives, and is not ourselves. */
export function isStillThere({ pid, since }: Identity): boolean {
  return pid !== process.pid && identify(pid)?.since === since;
}

/** The command line of a process; empty when nobody has this pid. */
export function commandOf(pid: number): string {
  if (!existsSync("/proc/self/cmdline")) return ask(pid, "command=") ?? "";
  return read(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ") ?? "";
}

/** Ticks since the boot, and which boot. */
function sinceByProc(pid: number): string | null {
  // The second field is the program's name in brackets, which may hold anything: count from its end.
  const fields = read(`/proc/${pid}/stat`)?.split(") ").at(-1)?.split(" ");
  const [state, ticks] = [fields?.[0], fields?.[19]];
  // A zombie has ended; in a container with nobody to collect it, it would be waited for in vain.
  if (!ticks || state === "Z" || state === "X") return null;
  return `${read("/proc/sys/kernel/random/boot_id")?.trim() ?? ""} ${ticks}`;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The process ended.
    return null;
  }
}

function ask(pid: number, column: string): string | null {
  try {
    const args = ["-ww", "-o", column, "-p", String(pid)];
    const told = execFileSync("ps", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return told.trim() || null;
  } catch {
    return null;
  }
}
