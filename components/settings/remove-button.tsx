"use client";
// Takes something out, after one more press that says what goes with it.
import { useState } from "react";
import { ActForm } from "#components/shell/act-form.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";

type Props = {
  name: string;
  /** What goes with it. */
  sentence: string;
  whyNot: string | null;
  onRemove: () => Promise<void>;
};

export function RemoveButton({ name, sentence, whyNot, onRemove }: Props) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <GuardedButton
        size="xs"
        variant="subtle"
        color="gray"
        c="var(--ink)"
        whyNot={whyNot}
        about={name}
        onClick={() => setAsking(true)}
      >
        Take out…
      </GuardedButton>
      <Dialog title={`Take out ${name}`} opened={asking} onClose={() => setAsking(false)}>
        <ActForm verb="Take it out" color="red.9" onClose={() => setAsking(false)} onAct={onRemove}>
          {() => <p style={{ color: "var(--ink-2)" }}>{sentence}</p>}
        </ActForm>
      </Dialog>
    </>
  );
}
