import { existsSync, readdirSync } from "node:fs";

/** A server of the oldest supported version, where this machine has one. */
export function olderPostgres(): string | null {
  const folders = [
    "/usr/lib/postgresql/15/bin",
    "/opt/homebrew/opt/postgresql@15/bin",
    "/usr/local/opt/postgresql@15/bin",
  ];
  return folders.find((folder) => existsSync(folder) && readdirSync(folder).includes("initdb")) ?? null;
}
