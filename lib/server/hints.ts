// Live hints: one `listen` a process, fanned out to every open stream.
//
//   first stream ──listen──▶ listening ──last stream gone──▶ silent
import { Hint, hintChannel, hintTopics } from "#lib/contract/hint.ts";
import type { Deps } from "#lib/server/deps.ts";

type Hear = (hint: Hint) => void;

type Hub = { hearers: Set<Hear>; listening: Promise<{ unlisten: () => Promise<void> }> | null };

const home = globalThis as typeof globalThis & { redriveHints?: Hub };

/**
 * Calls `hear` for each hint until the returned function is called. It resolves when the database listens, so that
 * nothing that changes afterwards is missed.
 */
export async function hearHints(deps: Pick<Deps, "sql" | "log">, hear: Hear): Promise<() => void> {
  home.redriveHints ??= { hearers: new Set(), listening: null };
  const hub = home.redriveHints;
  hub.hearers.add(hear);
  hub.listening ??= listen(deps, hub);
  const leave = () => {
    hub.hearers.delete(hear);
    if (hub.hearers.size === 0) stopListening(deps, hub);
  };
  try {
    await hub.listening;
  } catch (error) {
    hub.listening = null;
    leave();
    throw error;
  }
  return leave;
}

function listen({ sql, log }: Pick<Deps, "sql" | "log">, hub: Hub) {
  const tellAll = (hint: Hint) => {
    for (const hear of hub.hearers) hear(hint);
  };
  let isFirst = true;
  return sql.listen(
    hintChannel,
    (text) => {
      const hint = Hint.safeParse(parsed(text));
      if (hint.success) tellAll(hint.data);
      else log.warn({ text: text.slice(0, 200) }, "a hint that is none");
    },
    () => {
      // After a lost connection the driver listens again; what happened meanwhile is unknown, so everything may have.
      if (!isFirst) for (const topic of hintTopics) tellAll({ topic });
      isFirst = false;
    },
  );
}

function stopListening({ log }: Pick<Deps, "log">, hub: Hub): void {
  const listening = hub.listening;
  hub.listening = null;
  listening
    ?.then(({ unlisten }) => unlisten())
    .catch((error: unknown) => log.debug({ err: error }, "the connection that listened is gone"));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no hint either; the caller says so.
    return null;
  }
}
