// How urgent an alert is, and how it stands: icon, word and colour.
import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconBellOff,
  IconCircleCheck,
  IconEye,
  IconInfoCircle,
} from "@tabler/icons-react";
import { Chip, type Look } from "#components/states/chip.tsx";
import { severityWords } from "#lib/client/alert-words.ts";
import type { Severity } from "#lib/core/desk.ts";

const severityLooks: Record<Severity, Look> = {
  info: { tone: "blue", icon: IconInfoCircle, word: severityWords.info },
  warning: { tone: "amber", icon: IconAlertTriangle, word: severityWords.warning },
  critical: { tone: "red", icon: IconAlertOctagon, word: severityWords.critical },
};

export const SeverityChip = ({ severity }: { severity: Severity }) => (
  <Chip look={severityLooks[severity]} testId="severity" state={severity} />
);

export const SilencedChip = () => (
  <Chip look={{ tone: "violet", icon: IconBellOff, word: "Silenced" }} testId="silenced" />
);
export const AcknowledgedChip = () => (
  <Chip look={{ tone: "slate", icon: IconEye, word: "Acknowledged" }} testId="acknowledged" />
);
export const ResolvedChip = () => (
  <Chip look={{ tone: "green", icon: IconCircleCheck, word: "Resolved" }} testId="resolved" />
);
export const OffChip = () => (
  <Chip look={{ tone: "stone", icon: IconBellOff, word: "Switched off" }} testId="off" />
);
