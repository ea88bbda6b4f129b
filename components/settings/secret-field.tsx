"use client";
// A secret to type, or to make: it is shown while it is typed, for it has to be given to the sender as well.
import { Button } from "@mantine/core";
import { TextField } from "#components/policy/fields.tsx";
import type { InboundKind } from "#lib/core/inbound/kinds.ts";
import styles from "./settings.module.css";

type Props = {
  field: string;
  kind: InboundKind;
  description: string;
  value: string;
  onChange: (secret: string) => void;
};

/** Their senders make the secret themselves. */
const givenByVendor: readonly InboundKind[] = ["stripe", "slack", "shopify"];

export function SecretField({ field, kind, description, value, onChange }: Props) {
  return (
    <div className={styles.secret}>
      <TextField
        field={field}
        label="Secret"
        description={description}
        mono
        value={value}
        onChange={onChange}
      />
      {!givenByVendor.includes(kind) && (
        <Button size="xs" variant="default" onClick={() => onChange(madeFor(kind))}>
          Make one
        </Button>
      )}
    </div>
  );
}

/** 256 random bits, in the browser. */
function madeFor(kind: InboundKind): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const text = btoa(String.fromCharCode(...bytes));
  return kind === "standard_webhooks" ? `whsec_${text}` : text.replaceAll(/[+/=]/g, "");
}
