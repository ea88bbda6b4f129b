"use client";
import { Alert, Button, Group, NativeSelect, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "#components/shell/dialog.tsx";
import { refusalWords } from "#lib/client/refusal.ts";
import { type RejectCode, rejectWords } from "#lib/client/words.ts";
import { rejectCodes } from "#lib/contract/record.ts";

type Props = {
  /** What is rejected; null closes the dialog. */
  subject: string | null;
  onClose: () => void;
  onReject: (code: RejectCode, reason: string) => Promise<void>;
};

export function RejectDialog({ subject, onClose, onReject }: Props) {
  return (
    <Dialog title={`Reject ${subject}`} opened={subject !== null} onClose={onClose}>
      {/* A new subject begins with an empty form. */}
      <RejectForm key={subject} onClose={onClose} onReject={onReject} />
    </Dialog>
  );
}

function RejectForm({ onClose, onReject }: Omit<Props, "subject">) {
  const [code, setCode] = useState<RejectCode>("duplicate");
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async () => {
    if (reason.trim() === "") return setMissing(true);
    setBusy(true);
    setFault(null);
    try {
      await onReject(code, reason.trim());
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
        <p style={{ color: "var(--ink-2)" }}>It is closed and never sent. It can be reopened later.</p>
        {fault && (
          <Alert color="red" role="alert" c="var(--red-ink)">
            {fault}
          </Alert>
        )}
        <NativeSelect
          label="Reason"
          value={code}
          onChange={(event) => setCode(codeOf(event.currentTarget.value))}
          data={rejectCodes.map((value) => ({ value, label: rejectWords[value] }))}
        />
        <Textarea
          label="Note"
          description="The next person reads this. For example: duplicate of INV-2039."
          value={reason}
          maxLength={500}
          autosize
          minRows={2}
          required
          data-autofocus
          error={missing && reason.trim() === "" ? "Say why: it is what the next person reads." : null}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color="red.9" loading={busy}>
            Reject
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const codeOf = (value: string): RejectCode => rejectCodes.find((code) => code === value) ?? "other";
