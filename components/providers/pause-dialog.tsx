"use client";
import { Alert, Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "#components/shell/dialog.tsx";
import { useZone } from "#lib/client/clock.ts";
import { refusalWords } from "#lib/client/refusal.ts";

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
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const missing = reason.trim() === "" ? "Say why: it is what the next person reads." : null;
  const over = until !== "" && Date.parse(until) <= Date.now() ? "The end must lie in the future." : null;

  const submit = async () => {
    setTried(true);
    if (missing !== null || over !== null) return;
    setBusy(true);
    try {
      await onPause(reason.trim(), until === "" ? undefined : new Date(until).toISOString());
      onClose();
    } catch (error) {
      setFault(refusalWords(error));
      setBusy(false);
    }
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="sm">
        <p style={{ color: "var(--ink-2)" }}>
          Nothing new is sent until it is resumed, or until the time below. Records keep arriving and wait;
          nothing is lost.
        </p>
        {fault && (
          <Alert color="red" role="alert" c="var(--red-ink)">
            {fault}
          </Alert>
        )}
        <Textarea
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          autosize
          minRows={2}
          required
          data-autofocus
          error={tried ? missing : null}
        />
        <TextInput
          type="datetime-local"
          label="Until (optional)"
          description={`Time zone: ${zone}. Left empty, it stays paused until someone resumes it.`}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          error={tried ? over : null}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Pause
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
