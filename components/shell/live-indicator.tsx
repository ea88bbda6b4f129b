"use client";
import { Tooltip } from "@mantine/core";
import { IconBroadcast, IconLoader2, IconPlayerPause, IconRefreshAlert } from "@tabler/icons-react";
import { useLive } from "#components/shell/live.tsx";
import { type Look, toneClass } from "#components/states/chip.tsx";
import type { LiveState } from "#lib/client/live.ts";
import styles from "./shell.module.css";

const looks: Record<LiveState, Look & { hint: string }> = {
  connecting: { tone: "slate", icon: IconLoader2, word: "Connecting", hint: "Connecting to live updates." },
  live: {
    tone: "green",
    icon: IconBroadcast,
    word: "Live",
    hint: "Updates arrive as they happen. Press to pause.",
  },
  reconnecting: {
    tone: "amber",
    icon: IconRefreshAlert,
    word: "Reconnecting",
    hint: "The live stream is lost: asking every 5 s meanwhile. Press to pause.",
  },
  paused: {
    tone: "violet",
    icon: IconPlayerPause,
    word: "Paused",
    hint: "Nothing updates by itself. Press to go on.",
  },
};

export function LiveIndicator() {
  const { state, toggle } = useLive();
  const { tone, icon: Glyph, word, hint } = looks[state];
  return (
    <Tooltip label={hint}>
      <button
        type="button"
        className={`${styles.live} ${toneClass(tone)}`}
        onClick={toggle}
        aria-label={`Live updates: ${word}`}
        aria-pressed={state === "paused"}
        data-testid="live"
        data-state={state}
      >
        <Glyph size={16} aria-hidden />
        {word}
      </button>
    </Tooltip>
  );
}
