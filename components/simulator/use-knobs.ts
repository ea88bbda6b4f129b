"use client";
// Knobs as turned: shown at once, sent at most a few times a second, and taken back when the simulator refuses.
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { sentenceOf } from "#lib/client/http.ts";
import { simulatorQuery, turnKnobs } from "#lib/client/simulator.ts";
import type { Knobs, PatchKnobs, SimulatedProvider } from "#lib/contract/simulator.ts";

const sendEveryMs = 300;

export function useKnobs({ slug, knobs }: SimulatedProvider) {
  const client = useQueryClient();
  const [turned, setTurned] = useState<PatchKnobs>({});
  const [fault, setFault] = useState<string | null>(null);
  const waiting = useRef<PatchKnobs | null>(null);

  const send = async () => {
    const change = waiting.current;
    waiting.current = null;
    if (change === null) return;
    try {
      await turnKnobs(slug, change);
      setFault(null);
    } catch (error) {
      setFault(sentenceOf(error));
    }
    await client.invalidateQueries({ queryKey: simulatorQuery().queryKey });
    // What was turned meanwhile is still to be sent.
    if (waiting.current === null) setTurned({});
  };

  const turn = (change: PatchKnobs) => {
    setTurned((before) => merged(before, change));
    if (waiting.current === null) setTimeout(() => void send(), sendEveryMs);
    waiting.current = merged(waiting.current ?? {}, change);
  };

  const shown: Knobs = { ...knobs, ...turned, latency: { ...knobs.latency, ...turned.latency } };
  return { knobs: shown, fault, turn };
}

const merged = (before: PatchKnobs, change: PatchKnobs): PatchKnobs => ({
  ...before,
  ...change,
  ...(before.latency || change.latency ? { latency: { ...before.latency, ...change.latency } } : {}),
});
