"use client";
import { NativeSelect } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Dialog } from "#components/shell/dialog.tsx";
import { ReasonForm } from "#components/shell/reason-form.tsx";
import { type RejectCode, rejectWords } from "#lib/client/words.ts";
import { rejectCodes } from "#lib/core/status.ts";

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
      <RejectForm key={subject} onClose={onClose} onReject={onReject}>
        It is closed and never sent. It can be reopened later.
      </RejectForm>
    </Dialog>
  );
}

type FormProps = Omit<Props, "subject"> & {
  verb?: string;
  /** What will happen. */
  children: ReactNode;
};

export function RejectForm({ verb = "Reject", children, onClose, onReject }: FormProps) {
  const [code, setCode] = useState<RejectCode>("duplicate");
  return (
    <ReasonForm
      verb={verb}
      color="red.9"
      label="Note"
      description="The next person reads this. For example: duplicate of INV-2039."
      before={
        <NativeSelect
          label="Reason"
          value={code}
          onChange={(event) => setCode(codeOf(event.currentTarget.value))}
          data={rejectCodes.map((value) => ({ value, label: rejectWords[value] }))}
        />
      }
      onClose={onClose}
      onAct={(reason) => onReject(code, reason)}
    >
      {children}
    </ReasonForm>
  );
}

const codeOf = (value: string): RejectCode => rejectCodes.find((code) => code === value) ?? "other";
