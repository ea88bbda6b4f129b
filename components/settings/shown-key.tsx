"use client";
// A key, this once. Only the button closes it: a press beside the dialog would lose the key.
import { Button, Group, Modal, Stack, TextInput, VisuallyHidden } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { ClockTime } from "#components/time/clock-time.tsx";
import type { ShownKey } from "#lib/contract/key.ts";
import styles from "./settings.module.css";

type Props = { shown: ShownKey | null; onClose: () => void };

export function ShownKeyDialog({ shown, onClose }: Props) {
  return (
    <Modal.Root
      opened={shown !== null}
      onClose={onClose}
      centered
      closeOnClickOutside={false}
      closeOnEscape={false}
      transitionProps={{ duration: 0 }}
      styles={{ content: { backgroundColor: "var(--surface)" } }}
    >
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <Modal.Title mb="sm">The key of {shown?.name}</Modal.Title>
          {shown && <Shown shown={shown} onClose={onClose} />}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Shown({ shown: { key, formerUntil }, onClose }: { shown: ShownKey; onClose: () => void }) {
  const clipboard = useClipboard({ timeout: 4_000 });
  return (
    <Stack gap="sm">
      <p>Copy it to where the program reads it. It is not shown again: whoever loses it makes another.</p>
      <TextInput
        aria-label="The key"
        data-testid="shown-key"
        value={key}
        readOnly
        spellCheck={false}
        autoComplete="off"
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        onFocus={(event) => event.currentTarget.select()}
      />
      {formerUntil !== null && (
        <p className={styles.quiet}>
          What it was before works until <ClockTime at={formerUntil} />.
        </p>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          I have it
        </Button>
        <Button onClick={() => clipboard.copy(key)} data-autofocus>
          {clipboard.copied ? "Copied" : "Copy"}
        </Button>
      </Group>
      <VisuallyHidden role="status">{clipboard.copied ? "The key is copied." : ""}</VisuallyHidden>
    </Stack>
  );
}
