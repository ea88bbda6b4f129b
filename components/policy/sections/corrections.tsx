"use client";
import { Textarea } from "@mantine/core";
import { useState } from "react";
import { FieldMessage, useField } from "#components/policy/errors.tsx";
import { below } from "#components/policy/fields.tsx";
import { Fields, FormSection, type SectionProps } from "#components/policy/form-section.tsx";

/** What people may change in a failed record before they send it again. */
export function CorrectionsSection({ draft, change }: SectionProps) {
  const { allowed, locked } = draft.edit;
  return (
    <FormSection
      title="Corrections"
      about="Failed data can be corrected and sent again. A place is a JSON Pointer, like /customer/postal_code."
    >
      <Fields>
        <Places
          field="edit.allowed"
          label="Support may correct"
          description="One place a line; everything stands for the whole payload. Empty: nothing."
          places={allowed}
          onChange={(places) => change({ edit: { ...draft.edit, allowed: places } })}
        />
        <Places
          field="edit.locked"
          label="Nobody may change"
          description="One place a line. Empty: everything may be changed by who may correct all."
          places={locked}
          onChange={(places) => change({ edit: { ...draft.edit, locked: places } })}
        />
      </Fields>
    </FormSection>
  );
}

type Props = {
  field: string;
  label: string;
  description: string;
  places: readonly string[];
  onChange: (places: string[]) => void;
};

/** The pointer to the whole payload is empty, and an empty line is none. */
const whole = "everything";
const textOf = (places: readonly string[]): string => places.map((place) => place || whole).join("\n");
const placesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => (line === whole ? "" : line));

function Places({ field, label, description, places, onChange }: Props) {
  // Text while it is typed: an empty line is the beginning of the next.
  const [text, setText] = useState(textOf(places));
  const shown = textOf(placesOf(text)) === textOf(places) ? text : textOf(places);
  return (
    <div>
      <Textarea
        {...below}
        {...useField(field)}
        label={label}
        description={description}
        placeholder="/customer/postal_code"
        autosize
        minRows={2}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        value={shown}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange(placesOf(event.currentTarget.value));
        }}
      />
      {[...places.keys()].map((place) => (
        <FieldMessage key={place} field={`${field}.${place}`} />
      ))}
    </div>
  );
}
