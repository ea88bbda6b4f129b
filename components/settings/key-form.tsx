"use client";
import { Checkbox, MultiSelect, Stack } from "@mantine/core";
import { useState } from "react";
import { useField } from "#components/policy/errors.tsx";
import { below, ChoiceField, TextField } from "#components/policy/fields.tsx";
import { SaveForm } from "#components/settings/save-form.tsx";
import { type EndChoice, endChoices, expiresAtOf, scopeWords } from "#lib/client/keys.ts";
import type { ApiKey, CreateKey } from "#lib/contract/key.ts";
import { type Scope, scopes } from "#lib/core/access.ts";

/** What is left out stays as it is. */
type Given = Omit<CreateKey, "expiresAt" | "scopes"> & { scopes?: Scope[]; expiresAt?: string | null };
type Provider = { slug: string; name: string };

type Props = {
  /** Null for a new one. */
  apiKey: ApiKey | null;
  providers: readonly Provider[];
  onClose: () => void;
  /** Throws the API's refusal. */
  onSave: (given: Given) => Promise<void>;
};

type Draft = { name: string; scopes: Scope[]; providers: string[]; owner: string; end: EndChoice };

export function KeyForm({ apiKey, providers, onClose, onSave }: Props) {
  const [draft, setDraft] = useState<Draft>({
    name: apiKey?.name ?? "",
    scopes: apiKey?.scopes ?? ["enqueue"],
    providers: apiKey?.providers ?? [],
    owner: apiKey?.owner ?? "",
    end: apiKey === null ? "365" : "keep",
  });
  // One that was written by hand has single permissions instead, which stay until scopes are chosen.
  const hasNone = apiKey?.scopes.length === 0;
  const change = (changed: Partial<Draft>) => setDraft({ ...draft, ...changed });
  return (
    <SaveForm
      verb={apiKey === null ? "Make the key" : "Save"}
      onCancel={onClose}
      check={() => [
        ...(draft.name.trim() === "" ? [{ field: "name", message: "must say what the key is for" }] : []),
        ...(draft.scopes.length === 0 && !hasNone
          ? [{ field: "scopes", message: "must name at least one" }]
          : []),
      ]}
      onSave={() =>
        onSave({
          name: draft.name.trim(),
          scopes: draft.scopes.length === 0 ? undefined : draft.scopes,
          providers: draft.providers.length === 0 ? null : draft.providers,
          owner: draft.owner.trim() || null,
          expiresAt: expiresAtOf(draft.end, Date.now()),
        })
      }
    >
      <TextField
        field="name"
        label="Name"
        description="The program that has it. Timelines and the audit show this name."
        placeholder="Order service"
        value={draft.name}
        onChange={(name) => change({ name })}
      />
      <Scopes value={draft.scopes} onChange={(given) => change({ scopes: given })} />
      <Providers
        all={providers}
        value={draft.providers}
        onChange={(chosen) => change({ providers: chosen })}
      />
      <TextField
        field="owner"
        label="Only this owner's records"
        description="Left empty: every owner's."
        value={draft.owner}
        onChange={(owner) => change({ owner })}
      />
      <ChoiceField<EndChoice>
        field="expiresAt"
        label="Expires"
        value={draft.end}
        choices={[...(apiKey === null ? [] : [{ value: "keep" as const, label: "As it is" }]), ...endChoices]}
        onChange={(end) => change({ end })}
      />
    </SaveForm>
  );
}

function Scopes({ value, onChange }: { value: Scope[]; onChange: (scopes: Scope[]) => void }) {
  const { error, ...place } = useField("scopes");
  return (
    <Checkbox.Group
      label="May"
      value={value}
      error={error}
      {...place}
      tabIndex={-1}
      onChange={(chosen) => onChange(scopes.filter((scope) => chosen.includes(scope)))}
    >
      <Stack gap={8} mt={4}>
        {scopes.map((scope) => (
          <Checkbox key={scope} value={scope} {...scopeWords[scope]} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

type ProvidersProps = {
  all: readonly Provider[];
  value: string[];
  onChange: (providers: string[]) => void;
};

function Providers({ all, value, onChange }: ProvidersProps) {
  return (
    <MultiSelect
      label="Only these providers"
      description="Left empty: all, with those that come later."
      placeholder={value.length === 0 ? "All providers" : undefined}
      data={all.map(({ slug, name }) => ({ value: slug, label: name }))}
      value={value}
      onChange={onChange}
      searchable
      hidePickedOptions
      nothingFoundMessage="No such provider"
      {...below}
      {...useField("providers")}
    />
  );
}
