"use client";
// Why nothing, or not everything, is sent: a chip, with the reason on hover, focus and long press.
import { Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconBan,
  IconClockPause,
  IconEyeOff,
  IconHeartOff,
  IconHourglass,
  IconPlayerPause,
  IconPlugConnectedX,
} from "@tabler/icons-react";
import { Chip, type Look } from "#components/states/chip.tsx";
import { person } from "#lib/client/formats.ts";
import { isUnusable } from "#lib/client/headline.ts";
import { holdWords } from "#lib/client/words.ts";
import type { ProviderState } from "#lib/contract/provider.ts";
import type { Hold } from "#lib/core/status.ts";
import { openReasonWords } from "#lib/core/words.ts";
import styles from "./states.module.css";

const looks: Record<Hold, Omit<Look, "word">> = {
  disabled: { tone: "stone", icon: IconBan },
  paused: { tone: "violet", icon: IconPlayerPause },
  outside_window: { tone: "violet", icon: IconClockPause },
  quota_spent: { tone: "violet", icon: IconHourglass },
  breaker_open: { tone: "red", icon: IconPlugConnectedX },
  unhealthy: { tone: "red", icon: IconHeartOff },
};

const unusableLook: Omit<Look, "word"> = { tone: "red", icon: IconAlertTriangle };

export function HoldChip({ state }: { state: ProviderState }) {
  const { hold } = state;
  if (hold === null) return null;
  const unusable = isUnusable(state);
  const word = unusable ? "can't be used" : holdWords[hold];
  return (
    <Reason why={whyHeld(state)}>
      <Chip
        look={{
          ...(unusable ? unusableLook : looks[hold]),
          word: capital(word),
        }}
        testId="hold"
        state={hold}
      />
    </Reason>
  );
}

export function ShadowChip({ shadow, percentage }: { shadow: boolean; percentage: number }) {
  if (!shadow && percentage >= 100) return null;
  const why = shadow
    ? "Everything but the call is done; what would have gone is in each record's timeline."
    : `${percentage} % of the records are sent; the others are as in shadow.`;
  const word = shadow ? "Shadow" : `${percentage} % sent`;
  return (
    <Reason why={why}>
      <Chip look={{ tone: "stone", icon: IconEyeOff, word }} testId="shadow" />
    </Reason>
  );
}

/** A button, so that keyboard and finger reach the reason too. */
function Reason({ why, children }: { why: string; children: React.ReactNode }) {
  return (
    <Tooltip label={why}>
      <button type="button" className={styles.reason}>
        {children}
      </button>
    </Tooltip>
  );
}

function whyHeld({ hold, holdReason, pausedBy, pauseReason, breakerReason }: ProviderState): string {
  switch (hold) {
    case "disabled":
      return "Someone switched it off in its policy.";
    case "paused":
      return `${pausedBy === null ? "Someone" : person(pausedBy)} paused it${pauseReason === null ? "." : `: “${pauseReason}”`}`;
    case "breaker_open":
      return `${capital(breakerReason === null ? "the provider is unwell" : openReasonWords[breakerReason])}.`;
    default:
      return holdReason === null ? "It waits." : `${capital(holdReason)}.`;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
