"use client";
import { Alert, Button, Group, NativeSelect, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "#components/shell/dialog.tsx";
import { refusalWords } from "#lib/client/refusal.ts";
import type { Silence } from "#lib/contract/alert.ts";

type Props = {
  /** What is silenced; null closes the dialog. */
  subject: string | null;
  onClose: () => void;
  /** Throws the API's refusal; the form shows it, and keeps what was typed. */
  onSilence: (silence: Silence) => Promise<void>;
};

const hourMs = 3_600_000;
const spans = [
  { value: String(hourMs / 2), label: "30 minutes" },
  { value: String(hourMs), label: "1 hour" },
  { value: String(4 * hourMs), label: "4 hours" },
  { value: String(12 * hourMs), label: "12 hours" },
  { value: String(24 * hourMs), label: "1 day" },
  { value: String(7 * 24 * hourMs), label: "1 week" },
];

export function SilenceDialog({ subject, onClose, onSilence }: Props) {
  return (
    <Dialog title="Silence" opened={subject !== null} onClose={onClose}>
      <SilenceForm key={subject} subject={subject ?? ""} onClose={onClose} onSilence={onSilence} />
    </Dialog>
  );
}

function SilenceForm({ subject, onClose, onSilence }: Omit<Props, "subject"> & { subject: string }) {
  const [span, setSpan] = useState(String(hourMs));
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);

  const submit = async () => {
    setTried(true);
    if (reason.trim() === "") return;
    setBusy(true);
    setFault(null);
    try {
      await onSilence({ until: new Date(Date.now() + Number(span)).toISOString(), reason: reason.trim() });
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
        <p style={{ color: "var(--ink-2)", overflowWrap: "anywhere" }}>
          <b>{subject}</b>
          <br />
          It sends no message until then, and stays on this page. What still holds at the end is told.
        </p>
        {fault && (
          <Alert color="red" role="alert" c="var(--red-ink)">
            {fault}
          </Alert>
        )}
        <NativeSelect
          label="For"
          value={span}
          data={spans}
          onChange={(event) => setSpan(event.currentTarget.value)}
        />
        <Textarea
          label="Reason"
          value={reason}
          maxLength={500}
          autosize
          minRows={2}
          required
          data-autofocus
          error={tried && reason.trim() === "" ? "Say why: it is what the next person reads." : null}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Silence
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
