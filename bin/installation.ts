// What one installation keeps between starts, in its data folder: the secrets that were made for it, and its ports.
import { randomBytes } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CannotStart } from "#bin/exit.ts";

const Installation = z.object({
  secret: z.string(),
  nextauthSecret: z.string(),
  postgresPassword: z.string(),
  postgresPort: z.int(),
  simulatorPort: z.int(),
});
export type Installation = z.infer<typeof Installation>;

/** @throws CannotStart when there can be no such folder. */
export function makeDataFolder(dataDir: string): void {
  try {
    // Others may pass through to the database's folder, which guards itself.
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    accessSync(dataDir, constants.W_OK);
  } catch {
    throw new CannotStart(
      `The data folder ${dataDir} can't be made or written to: choose another with REDRIVE_DATA_DIR.`,
    );
  }
}

/** Reads the installation's file, or makes it. Only its owner may read it. */
export function openInstallation(dataDir: string): Installation {
  const file = join(dataDir, "installation.json");
  if (existsSync(file)) {
    const parsed = Installation.safeParse(readJson(file));
    if (parsed.success) return parsed.data;
    throw new CannotStart(
      `${file} can't be read as what it should be: restore it, or move ${dataDir} away to begin anew.`,
    );
  }
  const hex = () => randomBytes(32).toString("hex");
  const made = {
    secret: hex(),
    nextauthSecret: hex(),
    postgresPassword: hex(),
    postgresPort: 0,
    simulatorPort: 0,
  };
  saveInstallation(dataDir, made);
  return made;
}

export function saveInstallation(dataDir: string, installation: Installation): void {
  const file = join(dataDir, "installation.json");
  writeFileSync(`${file}.new`, `${JSON.stringify(installation, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The database of `npm start`. */
export const embeddedUrl = ({ postgresPassword, postgresPort }: Installation): string =>
  `postgres://postgres:${postgresPassword}@127.0.0.1:${postgresPort}/redrive`;

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
