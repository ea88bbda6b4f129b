// `npm run clients`: writes clients/operations.ts, which the typed client is made of, from the operations of the API.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { clientText } from "#bin/client-text.ts";
import { operations } from "#lib/contract/operations/index.ts";

const root = new URL("..", import.meta.url).pathname;
const file = join(root, "clients", "operations.ts");

/** The shapes that have names of their own: what the rooms' contract exports. */
async function named(): Promise<Map<z.ZodType, string>> {
  const folder = join(root, "lib", "contract");
  const modules = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  const names = new Map<z.ZodType, string>();
  for (const name of modules.sort()) {
    const exported: Record<string, unknown> = await import(join(folder, name));
    // Of two names for one shape the first by letter, whoever lists them.
    for (const [key, value] of Object.entries(exported).sort(([one], [other]) => (one < other ? -1 : 1))) {
      if (value instanceof z.ZodObject && !names.has(value)) names.set(value, key);
    }
  }
  return names;
}

/** The text of clients/operations.ts as it should be. */
export const generated = async (): Promise<string> => clientText(operations, await named());

if (import.meta.main) writeFileSync(file, await generated());
