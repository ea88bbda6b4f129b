// The disk that the database is on, where this process can see it: a server that runs on this host from a folder of ours.
import { readFile, statfs } from "node:fs/promises";
import { join } from "node:path";

export type DiskSeen = { freeBytes: number; totalBytes: number };

/** @returns null when the database is elsewhere, or its folder is not to be read: then its own host must be watched. */
export async function databaseDisk(databaseUrl: string, dataDir: string): Promise<DiskSeen | null> {
  const folder = join(dataDir, "postgres");
  try {
    const [, , , port] = (await readFile(join(folder, "postmaster.pid"), "utf8")).split("\n");
    // A folder that an earlier start left says nothing of another database.
    if (!isHere(new URL(databaseUrl), port ?? "")) return null;
    const { bavail, blocks, bsize } = await statfs(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

const isHere = ({ hostname, port }: URL, ofServer: string): boolean =>
  ["127.0.0.1", "localhost", "[::1]"].includes(hostname) && (port || "5432") === ofServer.trim();

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && "code" in error && ["ENOENT", "EACCES", "ENOTDIR"].includes(String(error.code));
