"use client";
// A dialog's form for an act that asks why, and here and there for one thing more.
import { Button, Group, Stack, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Fault } from "#components/shell/fault.tsx";
import { refusalWords } from "#lib/client/refusal.ts";

type Props = {
  /** What will happen. */
  children: ReactNode;
  verb: string;
  /** The act's button, where the act is a grave one. */
  color?: string;
  label?: string;
  description?: string;
  /** A field above the reason. */
  before?: ReactNode;
  /** A field below it; once the form was tried, it says what is wrong with it. */
  after?: (tried: boolean) => ReactNode;
  /** Whether the fields above and below may go as they are. */
  isReady?: () => boolean;
  /** Goes back a step, where there is one; else it closes. */
  cancel?: string;
  onCancel?: () => void;
  onClose: () => void;
  /** Throws the API's refusal; the form shows it, and keeps what was typed. */
  onAct: (reason: string) => Promise<void>;
};

export function ReasonForm({
  children,
  verb,
  color,
  label = "Reason",
  description,
  before,
  after,
  isReady = () => true,
  cancel = "Cancel",
  onClose,
  onCancel = onClose,
  onAct,
}: Props) {
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const isMissing = reason.trim() === "";

  const submit = async () => {
    setTried(true);
    if (isMissing || !isReady()) return;
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
        <Fault why={fault} />
        {before}
        <Textarea
          label={label}
          description={description}
          value={reason}
          maxLength={500}
          autosize
          minRows={2}
          required
          data-autofocus
          error={tried && isMissing ? "Say why: it is what the next person reads." : null}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {after?.(tried)}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {cancel}
          </Button>
          <Button type="submit" color={color} loading={busy}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
