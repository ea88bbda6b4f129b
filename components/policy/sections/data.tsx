"use client";
import { ChoiceField, SwitchField } from "#components/policy/fields.tsx";
import { Fields, FormSection, type SectionProps } from "#components/policy/form-section.tsx";
import { periodWords } from "#lib/client/policy-words.ts";
import { periods } from "#lib/core/calendar.ts";

export function DataSection({ draft, change }: SectionProps) {
  return (
    <FormSection title="Data" about="What becomes of refused, doubled, answered and failed records.">
      <Fields>
        <ChoiceField
          field="onInvalid"
          label="Data that is refused"
          value={draft.onInvalid}
          choices={[
            { value: "fail", label: "waits for a person" },
            { value: "discard", label: "is dropped, with a trace" },
          ]}
          onChange={(onInvalid) => change({ onInvalid })}
        />
        <ChoiceField
          field="dedupePeriod"
          label="Dedupe period"
          description="Of one dedupe key only one record goes in it."
          value={draft.dedupePeriod}
          choices={periods.map((value) => ({ value, label: periodWords[value] }))}
          onChange={(dedupePeriod) => change({ dedupePeriod })}
        />
      </Fields>
      <SwitchField
        field="keepResponse"
        label="Keep the provider's answers"
        description="Each delivered record's timeline then has it. A record may ask for it by itself."
        value={draft.keepResponse}
        onChange={(keepResponse) => change({ keepResponse })}
      />
      <SwitchField
        field="autoRedrive"
        label="Technical failures come back by themselves"
        description="When the provider recovers: slowly, behind fresh records."
        value={draft.autoRedrive}
        onChange={(autoRedrive) => change({ autoRedrive })}
      />
    </FormSection>
  );
}
