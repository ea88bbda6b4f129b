// Builds what applications import (`redrive/client`, `redrive/enqueue`) into dist/: plain JavaScript and its types, for Node
// runs no TypeScript below node_modules. Runs at each install; does nothing where dist/ is as the sources are.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, "clients");
const dist = join(root, "dist");
const stamp = join(dist, "sources");
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");

const hash = createHash("sha256");
for (const name of readdirSync(sources).sort())
  hash.update(`${name}\0`).update(readFileSync(join(sources, name)));
const fingerprint = hash.digest("hex");
const isBuilt = existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint;

// A production install has no compiler, and nobody imports from it.
if (!isBuilt && existsSync(compiler)) {
  const made = mkdtempSync(join(root, ".dist-"));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, "-p", sources, "--outDir", made],
    { encoding: "utf8" },
  );
  if (status !== 0) {
    process.stderr.write(`The clients could not be built:\n${stdout}${stderr}\n`);
    rmSync(made, { recursive: true });
    process.exit(1);
  }
  writeFileSync(join(made, "sources"), fingerprint);
  try {
    rmSync(dist, { recursive: true, force: true });
    renameSync(made, dist);
  } catch (error) {
    // Another process was at it too, and was first.
    if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== fingerprint) throw error;
    rmSync(made, { recursive: true });
  }
}
