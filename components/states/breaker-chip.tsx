import {
  IconBan,
  IconCheck,
  IconCircleHalf2,
  IconPlayerPause,
  IconPlugConnectedX,
} from "@tabler/icons-react";
import { Chip, type Look } from "#components/states/chip.tsx";
import type { ProviderState } from "#lib/contract/provider.ts";
import type { BreakerState } from "#lib/core/status.ts";

export const breakerLooks: Record<BreakerState, Look> = {
  closed: { tone: "green", icon: IconCheck, word: "Closed" },
  half_open: { tone: "amber", icon: IconCircleHalf2, word: "Half-open" },
  open: { tone: "red", icon: IconPlugConnectedX, word: "Open" },
};

export const pausedLook: Look = { tone: "violet", icon: IconPlayerPause, word: "Paused" };
const disabledLook: Look = { tone: "stone", icon: IconBan, word: "Switched off" };

/** What a person sees: a pause or the policy's switch hides what the breaker would say. */
function lookOf({ hold, breaker }: ProviderState): Look {
  if (hold === "disabled") return disabledLook;
  return hold === "paused" ? pausedLook : breakerLooks[breaker];
}

export function BreakerChip({ state }: { state: ProviderState }) {
  const shown = state.hold === "paused" || state.hold === "disabled" ? state.hold : state.breaker;
  return <Chip look={lookOf(state)} testId="breaker" state={shown} />;
}
