"use client";
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "#components/shell/dialog.tsx";
import { ReasonForm } from "#components/shell/reason-form.tsx";
import { useZone } from "#lib/client/clock.ts";

type FormProps = {
  onClose: () => void;
  onPause: (reason: string, until: string | undefined) => Promise<void>;
};

export function PauseDialog({ name, opened, ...form }: FormProps & { name: string; opened: boolean }) {
  return (
    <Dialog title={`Pause ${name}`} opened={opened} onClose={form.onClose}>
      <PauseForm {...form} />
    </Dialog>
  );
}

function PauseForm({ onClose, onPause }: FormProps) {
  const zone = useZone();
  const [until, setUntil] = useState("");
  const isOver = () => until !== "" && Date.parse(until) <= Date.now();
  return (
    <ReasonForm
      verb="Pause"
      after={(tried) => (
        <TextInput
          type="datetime-local"
          label="Until (optional)"
          description={`Time zone: ${zone}. Left empty, it stays paused until someone resumes it.`}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          error={tried && isOver() ? "The end must lie in the future." : null}
        />
      )}
      isReady={() => !isOver()}
      onClose={onClose}
      onAct={(reason) => onPause(reason, until === "" ? undefined : new Date(until).toISOString())}
    >
      Nothing new is sent until it is resumed, or until the time below. Records keep arriving and wait;
      nothing is lost.
    </ReasonForm>
  );
}
