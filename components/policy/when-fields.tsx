"use client";
// The conditions that an answer must fulfil: its status, something in its header or JSON, something in its body.
import { ChoiceField, TextField } from "#components/policy/fields.tsx";
import { Fields } from "#components/policy/form-section.tsx";
import { type Look, lookOf, statusOf, type Test, testOf, valueText, whenOf } from "#lib/client/when.ts";
import type { RuleWhen } from "#lib/contract/policy.ts";

type Props = { path: string; when: RuleWhen; onChange: (when: RuleWhen) => void };

const looks: { value: Look; label: string }[] = [
  { value: "nothing", label: "Nothing more" },
  { value: "header", label: "A header" },
  { value: "jsonPath", label: "A place in its JSON" },
];

const tests: { value: Test; label: string }[] = [
  { value: "exists", label: "Is there" },
  { value: "equals", label: "Is exactly" },
  { value: "matches", label: "Is like (pattern)" },
];

export function WhenFields({ path, when, onChange }: Props) {
  const look = lookOf(when);
  const test = testOf(when);
  const change = (part: Partial<Parameters<typeof whenOf>[0]>) =>
    onChange(
      whenOf({
        status: when.status,
        look,
        place: when.header ?? when.jsonPath ?? "",
        test,
        value: valueText(when),
        body: when.body ?? "",
        ...part,
      }),
    );
  return (
    <Fields>
      <TextField
        field={`${path}.status`}
        label="Status"
        placeholder="409, 4xx, or any"
        value={String(when.status ?? "")}
        onChange={(text) => change({ status: statusOf(text) })}
      />
      <ChoiceField
        field={`${path}.look`}
        label="And"
        value={look}
        choices={looks}
        onChange={(chosen) => change({ look: chosen })}
      />
      {look !== "nothing" && (
        <TextField
          field={`${path}.${look}`}
          label={look === "header" ? "Header" : "JSON path"}
          placeholder={look === "header" ? "x-reason" : "$.code"}
          mono
          value={(look === "header" ? when.header : when.jsonPath) ?? ""}
          onChange={(place) => change({ place })}
        />
      )}
      {look !== "nothing" && (
        <ChoiceField
          field={`${path}.test`}
          label="Test"
          value={test}
          choices={tests}
          onChange={(chosen) => change({ test: chosen, value: "" })}
        />
      )}
      {look !== "nothing" && test !== "exists" && (
        <TextField
          field={`${path}.${test}`}
          label={test === "equals" ? "Value" : "Pattern"}
          placeholder={test === "equals" ? "DUPLICATE" : "^DUP"}
          mono
          value={valueText(when)}
          onChange={(value) => change({ value })}
        />
      )}
      <TextField
        field={`${path}.body`}
        label="Body is like (pattern)"
        placeholder="any"
        mono
        value={when.body ?? ""}
        onChange={(body) => change({ body })}
      />
    </Fields>
  );
}
