"use client";
import { Slider } from "@mantine/core";
import { NumberField, SwitchField } from "#components/policy/fields.tsx";
import { FormSection, type SectionProps } from "#components/policy/form-section.tsx";
import styles from "../policy.module.css";

export function FlagsSection({ draft, change }: SectionProps) {
  const { flags } = draft;
  const set = (part: Partial<typeof flags>) => change({ flags: { ...flags, ...part } });
  return (
    <FormSection title="Switches">
      <SwitchField
        field="flags.enabled"
        label="Records are delivered"
        description="Switched off, they arrive and wait; nothing is lost."
        value={flags.enabled}
        onChange={(enabled) => set({ enabled })}
      />
      <SwitchField
        field="flags.shadow"
        label="Shadow"
        description="Everything but the call: what would have gone is written into each record's timeline, and the record is over."
        value={flags.shadow}
        onChange={(shadow) => set({ shadow })}
      />
      <div className={styles.share}>
        <NumberField
          field="flags.percentage"
          label="Share of the records that is sent"
          description="The others are as in shadow. A record, or its ordering key, stays on its side as the share grows."
          unit="%"
          value={flags.percentage}
          onChange={(percentage) => set({ percentage })}
        />
        <Slider
          label={(value) => `${value} %`}
          thumbLabel="Share of the records that is sent, %"
          min={0}
          max={100}
          value={Number.isFinite(flags.percentage) ? flags.percentage : 0}
          onChange={(percentage) => set({ percentage })}
          marks={[{ value: 0 }, { value: 25 }, { value: 50 }, { value: 75 }, { value: 100 }]}
        />
      </div>
    </FormSection>
  );
}
