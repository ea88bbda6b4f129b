"use client";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { Dialog } from "#components/shell/dialog.tsx";
import { ReasonForm } from "#components/shell/reason-form.tsx";
import { skipRecord } from "#lib/client/records.ts";
import type { RecordDetail } from "#lib/contract/record.ts";

type Props = { record: RecordDetail; opened: boolean; onClose: () => void };

/** Later records of its ordering key go on, past this one. */
export function SkipDialog({ record, opened, onClose }: Props) {
  const client = useQueryClient();
  const skip = async (reason: string) => {
    await skipRecord(record.id, reason);
    notifications.show({ message: "The later records go on. This one still waits for a person." });
    await client.invalidateQueries({ queryKey: ["records"] });
  };
  return (
    <Dialog title="Let others pass" opened={opened} onClose={onClose}>
      <ReasonForm verb="Let them pass" onClose={onClose} onAct={skip}>
        The later records of the ordering key “{record.orderingKey}” go on without this one, so their order is
        given up. This one stays a failure.
      </ReasonForm>
    </Dialog>
  );
}
