// Live hints of what changed, gathered and sent at most twice a second, outside every delivery's transaction: a notify in
// the settling statement would make all commits queue behind one lock.
import type { Sql } from "#db/client.ts";
import { type Hint, hintChannel } from "#lib/contract/hint.ts";
import type { Log } from "#lib/node/log.ts";

const everyMs = 500;

export type Hints = { changed: (hint: Hint) => void; stop: () => void };

export function createHints(sql: Sql, log: Log): Hints {
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | null = null;

  const send = async () => {
    timer = null;
    const hints = [...waiting];
    waiting.clear();
    try {
      await sql`select pg_notify(${hintChannel}, hint) from unnest(${hints}::text[]) as hint`;
    } catch (error) {
      // A page that misses a hint polls; nothing is owed.
      log.warn({ err: error }, "hints not sent");
    }
  };

  return {
    changed(hint) {
      waiting.add(JSON.stringify(hint));
      timer ??= setTimeout(send, everyMs);
    },
    stop() {
      if (timer) clearTimeout(timer);
    },
  };
}
