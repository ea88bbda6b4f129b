// One start at a time in a data folder. Who runs there stands in running.json: a second start is refused by it, and one
// after a kill learns from it which processes are still on their way out; it waits for them, and ends those that hang.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CannotStart } from "#bin/exit.ts";
import { type Identity, identify, isStillThere } from "#bin/process-identity.ts";

type Running = { supervisor: Identity; children: Identity[] };

/** The right to run in a folder. */
export type Claim = {
  /** Writes down who belongs to us, for a start that finds us killed. */
  note: (children: number[]) => void;
  release: () => void;
};

/**
 * Takes the data folder for this process, once those of a killed start have ended.
 *
 * @throws CannotStart when a start from the same folder is still running.
 */
export async function claimFolder(dataDir: string, ending: AbortSignal): Promise<Claim> {
  const file = join(dataDir, "running.json");
  const draft = `${file}.${process.pid}`;
  const supervisor = identify(process.pid) ?? { pid: process.pid, since: "" };
  const write = (children: Identity[]) =>
    writeFileSync(draft, JSON.stringify({ supervisor, children } satisfies Running));

  write([]);
  try {
    // A link, not a write: it is there whole or not at all, and of two starts at once only one succeeds.
    while (!link(draft, file)) {
      const text = readText(file);
      const running = parse(text);
      if (running && isStillThere(running.supervisor)) {
        throw new CannotStart(
          `Redrive already runs from this folder (process ${running.supervisor.pid}): stop it first, or set REDRIVE_DATA_DIR and PORT to run a second one.`,
        );
      }
      if (running) await awaitEnd(running.children, ending);
      putAside(file, text, `${draft}.ended`);
    }
  } finally {
    rmSync(draft, { force: true });
  }

  return {
    note: (children) => {
      write(children.map(identify).filter((child) => child !== null));
      renameSync(draft, file);
    },
    release: () => rmSync(file, { force: true }),
  };
}

/** Their supervisor is gone, so they stop by themselves, in well under a second unless requests are still out. */
async function awaitEnd(children: Identity[], ending: AbortSignal): Promise<void> {
  const left = () => children.filter(isStillThere);
  // A build does not notice that nobody waits for it.
  for (const child of left()) signal(child, "SIGTERM");
  for (let waited = 0; left().length > 0 && waited < 15_000; waited += 100) {
    if (waited === 10_000) for (const child of left()) signal(child, "SIGKILL");
    await delay(100);
    ending.throwIfAborted();
  }
}

/** To its group, for each leads one: a build has processes of its own. */
function signal({ pid }: Identity, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // It ended meanwhile.
  }
}

/** Removes the note of a start that is gone; not that of another start which did so just before us. */
function putAside(file: string, text: string | null, aside: string): void {
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readText(aside) !== text) link(aside, file);
  rmSync(aside, { force: true });
}

/** @returns whether `name` was free, and now is the file. */
function link(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** Null for what no start of this version wrote. */
function parse(text: string | null): Running | null {
  try {
    const running = JSON.parse(text ?? "");
    return running?.supervisor?.since !== undefined && Array.isArray(running.children) ? running : null;
  } catch {
    return null;
  }
}
