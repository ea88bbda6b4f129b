"use client";
// A dialog's form for an act that asks only why.
import { Alert, Button, Group, Stack, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { refusalWords } from "#lib/client/refusal.ts";

type Props = {
  /** What will happen. */
  children: ReactNode;
  verb: string;
  onClose: () => void;
  /** Throws the API's refusal; the form shows it, and keeps what was typed. */
  onAct: (reason: string) => Promise<void>;
};

export function ReasonForm({ children, verb, onClose, onAct }: Props) {
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
      await onAct(reason.trim());
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
        <div style={{ color: "var(--ink-2)" }}>{children}</div>
        {fault && (
          <Alert color="red" role="alert" c="var(--red-ink)">
            {fault}
          </Alert>
        )}
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
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
