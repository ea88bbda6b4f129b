// A production build of the dashboard, when there is none or when what it is made of has changed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CannotStart } from "#bin/exit.ts";

const root = new URL("..", import.meta.url).pathname;
const stamp = join(root, ".next", "redrive-sources");
const sources = [
  "app",
  "components",
  "lib",
  "db",
  "public",
  "next.config.mjs",
  "package.json",
  "package-lock.json",
];

/** Whether the build that is there was made from the sources as they are. */
export function isBuilt(): boolean {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprintSources();
}

type Build = {
  /** Ends the build as well. */
  ending?: AbortSignal;
  /** Told which process builds. */
  onPid?: (pid: number) => void;
};

/** @throws CannotStart with the build's last lines. */
export async function buildDashboard({ ending, onPid }: Build = {}): Promise<void> {
  ending?.throwIfAborted();
  const fingerprint = fingerprintSources();
  const next = join(root, "node_modules", "next", "dist", "bin", "next");
  const child = spawn(process.execPath, [next, "build"], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    // A group of its own, for the build has processes of its own: they end together, and only when we say so.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  const end = () => pid && process.kill(-pid, "SIGTERM");
  ending?.addEventListener("abort", end);
  if (pid) onPid?.(pid);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-8_000);
    });
  }
  const code = await new Promise((done, failed) => child.once("error", failed).once("close", done));
  ending?.removeEventListener("abort", end);
  ending?.throwIfAborted();
  if (code !== 0) throw new CannotStart(`The dashboard could not be built:\n${said.trim()}`);
  writeFileSync(stamp, fingerprint);
}

function fingerprintSources(): string {
  const hash = createHash("sha256").update(process.version);
  const add = (path: string) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).sort()) add(join(path, name));
    } else {
      hash.update(path).update("\0").update(readFileSync(full)).update("\0");
    }
  };
  for (const path of sources) add(path);
  return hash.digest("hex");
}
