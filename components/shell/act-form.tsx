"use client";
// A dialog's form: fields, then an act that may be refused.
import { Button, Group, Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Fault } from "#components/shell/fault.tsx";
import { refusalWords } from "#lib/client/refusal.ts";

type Props = {
  /** The fields; once the form was tried, they say what is wrong with them. */
  children: (tried: boolean) => ReactNode;
  verb: string;
  color?: string;
  /** Another way out, at the other end of the buttons. */
  aside?: ReactNode;
  isReady?: () => boolean;
  onClose: () => void;
  /** Throws the API's refusal; the form shows it, and keeps what was typed. */
  onAct: () => Promise<void>;
};

export function ActForm({ children, verb, color, aside, isReady = () => true, onClose, onAct }: Props) {
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const submit = async () => {
    setTried(true);
    if (!isReady()) return;
    setBusy(true);
    setFault(null);
    try {
      await onAct();
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
        <Fault why={fault} />
        {children(tried)}
        <Group justify="flex-end" gap="xs">
          {aside}
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color={color} loading={busy}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
