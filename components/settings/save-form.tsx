"use client";
// A settings' form: what the server says against a field stands beside it, and all together at the top.
import { Button, Group, Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ErrorSummary, FieldErrors } from "#components/policy/errors.tsx";
import { Fault } from "#components/shell/fault.tsx";
import { ApiError } from "#lib/client/http.ts";
import type { FieldError } from "#lib/client/policy-change.ts";
import { refusalWords } from "#lib/client/refusal.ts";

type Props = {
  children: ReactNode;
  verb?: string;
  /** Another way out, at the other end of the buttons. */
  aside?: ReactNode;
  onCancel?: () => void;
  /** What is wrong before it is sent. */
  check?: () => readonly FieldError[];
  /** Throws the API's refusal; what was typed stays. */
  onSave: () => Promise<void>;
};

export function SaveForm({ children, verb = "Save", aside, onCancel, check, onSave }: Props) {
  const [errors, setErrors] = useState<readonly FieldError[]>([]);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const found = check?.() ?? [];
    setErrors(found);
    setFault(null);
    if (found.length > 0) return;
    setBusy(true);
    try {
      await onSave();
    } catch (error) {
      const wrong = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
      setErrors(wrong);
      setFault(wrong.length === 0 ? refusalWords(error) : null);
    }
    setBusy(false);
  };
  return (
    <FieldErrors errors={errors}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
          <Fault why={fault} />
          <ErrorSummary errors={errors} />
          {children}
          <Group justify="flex-end" gap="xs">
            {aside}
            {onCancel && (
              <Button variant="default" onClick={onCancel}>
                Cancel
              </Button>
            )}
            <Button type="submit" loading={busy}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </FieldErrors>
  );
}
