// Live updates. One stream of hints; each makes queries old, at most once a second. What no hint speaks of is asked for
// every ten seconds. When the stream is lost we poll. While nobody looks there is no stream (a browser has six
// connections to a host, for all its tabs) and we poll slowly.
//
//   connecting ──open──▶ live ──error──▶ reconnecting ──open──▶ live        any ──pause──▶ paused ──resume──▶ connecting
//                                                                   any but paused ──hidden──▶ connecting, once seen
import type { Query, QueryClient } from "@tanstack/react-query";
import { isOld, isRipe, isTouched } from "#lib/client/hints.ts";
import { Hint } from "#lib/contract/hint.ts";

export type LiveState = "connecting" | "live" | "reconnecting" | "paused";

const streamUrl = "/api/v1/stream";
const flushEveryMs = 1_000;
const oldAfterMs = 10_000;
const pollEveryMs = 5_000;
const hiddenEveryMs = 30_000;
const reopenAfterMs = 3_000;

export type Live = {
  state: () => LiveState;
  subscribe: (listener: () => void) => () => void;
  start: () => () => void;
  pause: () => void;
  resume: () => void;
};

const isHidden = () => document.visibilityState === "hidden";

export function createLive(client: QueryClient): Live {
  const listeners = new Set<() => void>();
  /** Hints of the last second. */
  const hints = new Map<string, Hint>();
  /** Queries that a hint has touched and that were not asked again yet, by their hash. */
  const marked = new Set<string>();
  let state: LiveState = "connecting";
  let stream: EventSource | null = null;
  let reopening: ReturnType<typeof setTimeout> | null = null;
  let refreshedAt = 0;
  let flushedAt = 0;

  const become = (next: LiveState) => {
    if (state === next) return;
    state = next;
    for (const tell of listeners) tell();
  };

  const activeQueries = () => client.getQueryCache().findAll({ type: "active" });

  const askAgain = (query: Query) => {
    marked.delete(query.queryHash);
    void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
  };

  const refreshAll = () => {
    refreshedAt = Date.now();
    const isIdle = (query: Query) => query.state.fetchStatus !== "fetching";
    marked.clear();
    // An answer on its way may have been made before what we want to see: once more after it.
    for (const query of activeQueries()) if (!isIdle(query)) marked.add(query.queryHash);
    void client.invalidateQueries({ predicate: isIdle });
  };

  const close = () => {
    stream?.close();
    stream = null;
    if (reopening !== null) clearTimeout(reopening);
    reopening = null;
    hints.clear();
  };

  const open = () => {
    close();
    const opened = new EventSource(streamUrl);
    stream = opened;
    opened.onopen = () => {
      if (stream !== opened) return;
      // What changed while we were deaf is unknown, and so is what changed since the page was rendered.
      refreshAll();
      become("live");
    };
    opened.onmessage = ({ data }) => {
      const hint = Hint.safeParse(parse(data));
      if (hint.success) hints.set(JSON.stringify(hint.data), hint.data);
    };
    opened.onerror = () => {
      if (stream !== opened) return;
      become("reconnecting");
      // The browser tries again by itself, except after an answer that was no stream.
      if (opened.readyState !== EventSource.CLOSED || reopening !== null) return;
      reopening = setTimeout(open, reopenAfterMs);
    };
  };

  const flush = (now: number) => {
    flushedAt = now;
    const active = activeQueries();
    const touched = (query: Query) => [...hints.values()].some((hint) => isTouched(query.queryKey, hint));
    for (const query of active) if (touched(query)) marked.add(query.queryHash);
    hints.clear();
    const waiting = new Set(marked);
    marked.clear();
    for (const query of active) {
      const isMarked = waiting.has(query.queryHash);
      if (isMarked ? isRipe(query, now) : isOld(query, now, oldAfterMs)) askAgain(query);
      // What is not ripe stays marked, so that the last hint of a burst is never lost.
      else if (isMarked) marked.add(query.queryHash);
    }
  };

  const tick = () => {
    if (state === "paused") return;
    const now = Date.now();
    if (state === "live") {
      if (now - flushedAt >= flushEveryMs) flush(now);
    } else if (now - refreshedAt >= (isHidden() ? hiddenEveryMs : pollEveryMs)) {
      refreshAll();
    }
  };

  const look = () => {
    if (state === "paused") return;
    if (isHidden()) {
      close();
      become("connecting");
    } else if (stream === null) {
      open();
    }
  };

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => {
      refreshedAt = Date.now();
      look();
      const ticking = setInterval(tick, 250);
      document.addEventListener("visibilitychange", look);
      return () => {
        clearInterval(ticking);
        document.removeEventListener("visibilitychange", look);
        close();
      };
    },
    pause: () => {
      close();
      marked.clear();
      become("paused");
    },
    resume: () => {
      // Asked for when the stream opens, or at the next tick.
      refreshedAt = 0;
      become("connecting");
      look();
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
