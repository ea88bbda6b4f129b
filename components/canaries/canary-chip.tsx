import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClockExclamation,
  IconEarOff,
  IconHourglass,
} from "@tabler/icons-react";
import { Chip, type Look } from "#components/states/chip.tsx";
import type { CanaryState } from "#lib/core/canary.ts";

const looks: Record<CanaryState, Look> = {
  ok: { tone: "green", icon: IconCheck, word: "Well" },
  slow: { tone: "amber", icon: IconClockExclamation, word: "Slow" },
  failed: { tone: "red", icon: IconAlertTriangle, word: "Failed" },
  silent: { tone: "red", icon: IconEarOff, word: "Silent" },
  new: { tone: "slate", icon: IconHourglass, word: "First run to come" },
  off: { tone: "stone", icon: IconBan, word: "Off" },
};

export const CanaryChip = ({ state }: { state: CanaryState }) => (
  <Chip look={looks[state]} testId="canary-state" state={state} />
);
