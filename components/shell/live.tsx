"use client";
// The page's one live connection, and its state for whoever shows it.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useState, useSyncExternalStore } from "react";
import { createLive, type Live, type LiveState } from "#lib/client/live.ts";

const Context = createContext<Live | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [live] = useState(() => createLive(client));
  useEffect(() => live.start(), [live]);
  return <Context value={live}>{children}</Context>;
}

export function useLive(): { state: LiveState; toggle: () => void } {
  const live = use(Context);
  if (live === null) throw new Error("useLive needs a LiveProvider above it");
  const state = useSyncExternalStore(live.subscribe, live.state, () => "connecting" as const);
  return { state, toggle: state === "paused" ? live.resume : live.pause };
}
