"use client";
import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "#components/shell/dialog.tsx";
import { ReasonForm } from "#components/shell/reason-form.tsx";
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
  return (
    <ReasonForm
      verb="Silence"
      onClose={onClose}
      onAct={(reason) => onSilence({ until: new Date(Date.now() + Number(span)).toISOString(), reason })}
      before={
        <NativeSelect
          label="For"
          value={span}
          data={spans}
          onChange={(event) => setSpan(event.currentTarget.value)}
        />
      }
    >
      <p style={{ overflowWrap: "anywhere" }}>
        <b>{subject}</b>
        <br />
        It sends no message until then, and stays on this page. What still holds at the end is told.
      </p>
    </ReasonForm>
  );
}
