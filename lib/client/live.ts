// Live updates. One stream of hints; each makes queries old, at most once a second. When the stream is lost we poll.
//
//   connecting ──open──▶ live ──error──▶ reconnecting ──open──▶ live        any ──pause──▶ paused ──resume──▶ connecting
import type { QueryClient } from "@tanstack/react-query";
import { isRipe, isTouched } from "#lib/client/hints.ts";
import { Hint } from "#lib/contract/hint.ts";

export const liveStates = ["connecting", "live", "reconnecting", "paused"] as const;
export type LiveState = (typeof liveStates)[number];

const flushEveryMs = 1_000;
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

export function createLive(client: QueryClient, streamUrl = "/api/v1/stream"): Live {
  const listeners = new Set<() => void>();
  const pending = new Map<string, Hint>();
  let state: LiveState = "connecting";
  let stream: EventSource | null = null;
  let reopening: ReturnType<typeof setTimeout> | null = null;
  let refreshedAt = 0;

  const become = (next: LiveState) => {
    if (state === next) return;
    state = next;
    for (const tell of listeners) tell();
  };

  const refreshAll = () => {
    refreshedAt = Date.now();
    void client.invalidateQueries({ predicate: (query) => query.state.fetchStatus !== "fetching" });
  };

  const open = () => {
    stream?.close();
    stream = new EventSource(streamUrl);
    stream.onopen = () => {
      // What changed while we were deaf is unknown.
      if (state === "reconnecting") refreshAll();
      become("live");
    };
    stream.onmessage = ({ data }) => {
      const hint = Hint.safeParse(parse(data));
      if (hint.success) pending.set(JSON.stringify(hint.data), hint.data);
    };
    stream.onerror = () => {
      if (state === "paused") return;
      become("reconnecting");
      // The browser tries again by itself, except after an answer that was no stream.
      if (stream?.readyState !== EventSource.CLOSED || reopening !== null) return;
      reopening = setTimeout(() => {
        reopening = null;
        if (state === "reconnecting") open();
      }, reopenAfterMs);
    };
  };

  const flush = () => {
    const now = Date.now();
    refreshedAt = now;
    for (const [name, hint] of pending) {
      const touched = client
        .getQueryCache()
        .findAll({ type: "active", predicate: (query) => isTouched(query.queryKey, hint) });
      const ripe = touched.filter((query) => isRipe(query, now));
      // What is not ripe stays noted, so that the last hint of a burst is never lost.
      if (ripe.length === touched.length) pending.delete(name);
      for (const query of ripe) void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }
  };

  const tick = () => {
    if (state === "paused") return;
    const hidden = document.visibilityState === "hidden";
    const waited = Date.now() - refreshedAt;
    if (state === "live") {
      if (pending.size > 0 && waited >= (hidden ? hiddenEveryMs : flushEveryMs)) flush();
    } else if (waited >= (hidden ? hiddenEveryMs : pollEveryMs)) {
      refreshAll();
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
      open();
      const ticking = setInterval(tick, 250);
      document.addEventListener("visibilitychange", tick);
      return () => {
        clearInterval(ticking);
        if (reopening !== null) clearTimeout(reopening);
        reopening = null;
        document.removeEventListener("visibilitychange", tick);
        stream?.close();
        stream = null;
      };
    },
    pause: () => {
      stream?.close();
      pending.clear();
      become("paused");
    },
    resume: () => {
      become("connecting");
      refreshAll();
      open();
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
