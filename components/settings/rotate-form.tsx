"use client";
// A new secret for a source; those it has count for a while longer, so that no call is lost while the sender changes over.
import { useState } from "react";
import { NumberField } from "#components/policy/fields.tsx";
import { SaveForm } from "#components/settings/save-form.tsx";
import { SecretField } from "#components/settings/secret-field.tsx";
import { patchSource } from "#lib/client/inbound.ts";
import { secretHints } from "#lib/client/inbound-words.ts";
import type { InboundSource } from "#lib/contract/inbound.ts";

type Props = { source: InboundSource; onClose: () => void; onSaved: () => Promise<void> };

const hourSeconds = 3_600;

export function RotateForm({ source: { slug, kind, version }, onClose, onSaved }: Props) {
  const [secret, setSecret] = useState("");
  const [hours, setHours] = useState(24);
  const save = async () => {
    const overlapSeconds = Math.round(hours * hourSeconds);
    await patchSource(slug, version, { rotate: { secret: secret.trim(), overlapSeconds } });
    await onSaved();
  };
  return (
    <SaveForm
      verb="Use it too"
      onCancel={onClose}
      check={() =>
        Number.isNaN(hours) ? [{ field: "rotate.overlapSeconds", message: "must be a number of hours" }] : []
      }
      onSave={save}
    >
      <SecretField
        field="rotate.secret"
        kind={kind}
        description={`${secretHints[kind]} It is never shown again.`}
        value={secret}
        onChange={setSecret}
      />
      <NumberField
        field="rotate.overlapSeconds"
        label="The others count for"
        description="Both are taken meanwhile; 0 ends the others now."
        unit="hours"
        value={hours}
        onChange={setHours}
      />
    </SaveForm>
  );
}
