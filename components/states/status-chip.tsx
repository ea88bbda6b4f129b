import {
  IconArrowBackUp,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconCopyCheck,
  IconMoodEmpty,
  IconPlayerPause,
  IconSend,
  IconTrash,
} from "@tabler/icons-react";
import { Chip, type Look } from "#components/states/chip.tsx";
import type { RecordStatus } from "#lib/core/status.ts";

export const statusLooks: Record<RecordStatus, Look> = {
  waiting: { tone: "slate", icon: IconClock, word: "Waiting" },
  sending: { tone: "blue", icon: IconSend, word: "Sending" },
  retrying: { tone: "amber", icon: IconArrowBackUp, word: "Retrying" },
  held: { tone: "violet", icon: IconPlayerPause, word: "Held" },
  delivered: { tone: "green", icon: IconCircleCheck, word: "Delivered" },
  failed: { tone: "red", icon: IconCircleX, word: "Not delivered" },
  rejected: { tone: "stone", icon: IconMoodEmpty, word: "Closed – not sent" },
  discarded: { tone: "stone", icon: IconTrash, word: "Discarded" },
  duplicate: { tone: "green", icon: IconCopyCheck, word: "Had it already" },
};

export function StatusChip({ status, word }: { status: RecordStatus; word?: string }) {
  return <Chip look={statusLooks[status]} word={word} testId="status" state={status} />;
}
