// The browser's clock and zone as stores. While a page hydrates, both say what the server said (its moment, UTC), so
// that the first render is the same on both sides; then they tick.
"use client";
import { createContext, useContext, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const tell of listeners) tell();
  }, 250);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** When the server rendered the page, ms. */
export const RenderedAt = createContext(0);

/** Now, in steps: a component renders again once a step, not more. */
export function useNow(stepMs = 1_000): number {
  const renderedAt = useContext(RenderedAt);
  return useSyncExternalStore(
    subscribe,
    () => Math.floor(Date.now() / stepMs) * stepMs,
    () => Math.floor(renderedAt / stepMs) * stepMs,
  );
}

const never = () => () => {};

/** The reader's time zone, such as `Europe/Paris`. */
export const useZone = (): string =>
  useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => "UTC",
  );
