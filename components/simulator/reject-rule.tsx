"use client";
// A rule by which it refuses payloads as bad data: a member that is missing or does not match.
import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { Switched } from "#components/simulator/choice.tsx";
import type { Knobs } from "#lib/contract/simulator.ts";
import styles from "./simulator.module.css";

type Rule = NonNullable<Knobs["reject"]>;
type Props = { rule: Knobs["reject"]; onChange: (rule: Knobs["reject"]) => void };

const example: Rule = {
  path: "address.postal_code",
  pattern: "^[0-9]{5}$",
  message: "postal_code is invalid",
};

export function RejectRule({ rule, onChange }: Props) {
  const [draft, setDraft] = useState<Rule>(rule ?? example);
  const changed = rule !== null && JSON.stringify(draft) !== JSON.stringify(rule);
  const field = (name: keyof Rule, label: string) => (
    <TextInput
      size="xs"
      label={label}
      value={draft[name]}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setDraft((before) => ({ ...before, [name]: value }));
      }}
    />
  );
  return (
    <div className={styles.knob}>
      <Switched
        label="Refuses bad data (422)"
        checked={rule !== null}
        onChange={(on) => onChange(on ? draft : null)}
      />
      {rule !== null && (
        <>
          {field("path", "Member")}
          {field("pattern", "Must match")}
          {field("message", "Else it says")}
          <Group justify="flex-end">
            <Button size="xs" variant="default" disabled={!changed} onClick={() => onChange(draft)}>
              Change the rule
            </Button>
          </Group>
        </>
      )}
    </div>
  );
}
