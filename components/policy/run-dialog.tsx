"use client";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { Dialog } from "#components/shell/dialog.tsx";
import { ReasonForm } from "#components/shell/reason-form.tsx";
import { runSchedule } from "#lib/client/providers.ts";

/** Starts a schedule now; null closes the dialog. */
export function RunDialog(props: { slug: string; schedule: string | null; onClose: () => void }) {
  const { slug, schedule, onClose } = props;
  const client = useQueryClient();
  const run = async (reason: string) => {
    if (schedule === null) return;
    await runSchedule(slug, schedule, reason);
    notifications.show({ message: `${schedule} is started. Its records come as soon as a worker is free.` });
    await client.invalidateQueries({ queryKey: ["provider", slug] });
  };
  return (
    <Dialog title={`Run ${schedule} now`} opened={schedule !== null} onClose={onClose}>
      <ReasonForm verb="Run now" onClose={onClose} onAct={run}>
        It runs once, beside its times. It may bring the same records as its last run did.
      </ReasonForm>
    </Dialog>
  );
}
