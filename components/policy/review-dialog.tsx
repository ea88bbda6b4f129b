"use client";
import { Button, Group, Stack } from "@mantine/core";
import { useState } from "react";
import { ChangeList } from "#components/policy/change-list.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { Fault } from "#components/shell/fault.tsx";
import { sentenceOf } from "#lib/client/http.ts";
import type { ChangeLine } from "#lib/client/policy-change.ts";

type Props = {
  opened: boolean;
  lines: readonly ChangeLine[];
  onClose: () => void;
  /** Throws what the form can't show beside a field. */
  onSave: () => Promise<void>;
};

/** What will change, once more, before it does. */
export function ReviewDialog({ opened, onClose, ...rest }: Props) {
  return (
    <Dialog title="What will change" opened={opened} onClose={onClose}>
      <Review {...rest} onClose={onClose} />
    </Dialog>
  );
}

function Review({ lines, onClose, onSave }: Omit<Props, "opened">) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const save = async () => {
    setBusy(true);
    setFault(null);
    try {
      await onSave();
    } catch (error) {
      setFault(sentenceOf(error));
      setBusy(false);
    }
  };
  return (
    <Stack gap="sm">
      <Fault why={fault} />
      <ChangeList lines={lines} />
      <p style={{ color: "var(--ink-2)" }}>
        It counts from the next record on. The change is kept with your name.
      </p>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Back to the form
        </Button>
        <Button loading={busy} onClick={() => void save()} data-autofocus>
          Save
        </Button>
      </Group>
    </Stack>
  );
}
