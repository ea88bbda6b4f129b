"use client";
import { JsonInput } from "@mantine/core";
import { useState } from "react";
import { useField } from "#components/policy/errors.tsx";
import { ChoiceField, namesAsChoices, TextField } from "#components/policy/fields.tsx";
import { Fields, FormSection, type SectionProps } from "#components/policy/form-section.tsx";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { adapterSchemes } from "#lib/core/adapter-names.ts";
import { isBuiltIn } from "#lib/core/loopback.ts";

const methods = namesAsChoices(["POST", "PUT", "PATCH", "GET", "DELETE"]);

export function AddressSection({ draft, change }: SectionProps) {
  const known = Object.keys(adapterSchemes).filter((adapter) => !isBuiltIn({ adapter }));
  const adapters = known.includes(draft.adapter) ? known : [...known, draft.adapter];
  return (
    <FormSection title="Address and adapter" about="Where records go, and in which form.">
      <Fields>
        <TextField field="name" label="Name" value={draft.name} onChange={(name) => change({ name })} />
        <TextField
          field="url"
          label="Address"
          wide
          placeholder="https://ats.example/results"
          value={draft.url}
          onChange={(url) => change({ url })}
        />
        <ChoiceField
          field="method"
          label="Method"
          value={draft.method}
          choices={methods}
          onChange={(method) => change({ method })}
        />
        <ChoiceField
          field="adapter"
          label="Adapter"
          value={draft.adapter}
          choices={namesAsChoices(adapters)}
          onChange={(adapter) => change({ adapter })}
        />
      </Fields>
      <OptionsField options={draft.options} onChange={(options) => change({ options })} />
    </FormSection>
  );
}

type Options = ProviderPolicy["options"];

/** Text while it is typed: most of what one types on the way is no JSON. */
function OptionsField({ options, onChange }: { options: Options; onChange: (options: Options) => void }) {
  const [text, setText] = useState(JSON.stringify(options, null, 2));
  const [told, setTold] = useState(options);
  if (options !== told) {
    setTold(options);
    setText(JSON.stringify(options, null, 2));
  }
  const type = (typed: string) => {
    const read = optionsOf(typed);
    setText(typed);
    setTold(read);
    onChange(read);
  };
  return (
    <JsonInput
      label="Adapter options (JSON)"
      description="What the adapter wants to know; each checks its own."
      {...useField("options")}
      autosize
      minRows={2}
      value={text}
      onChange={type}
    />
  );
}

/** What is no object is kept as it is, and the shape refuses it. */
function optionsOf(text: string): Options {
  if (text.trim() === "") return {};
  // What is no object stays text: the server refuses it at this field.
  const refused = text as unknown as Options;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Options)
      : refused;
  } catch {
    return refused;
  }
}
