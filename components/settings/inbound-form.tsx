"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ChoiceField, NumberField, SwitchField, TextField } from "#components/policy/fields.tsx";
import { InboundOptionFields, optionsFor } from "#components/settings/inbound-options.tsx";
import { NameFields } from "#components/settings/name-fields.tsx";
import { SaveForm } from "#components/settings/save-form.tsx";
import { SecretField } from "#components/settings/secret-field.tsx";
import { createSource, patchSource } from "#lib/client/inbound.ts";
import { inboundKindWords, mappingWords, secretHints } from "#lib/client/inbound-words.ts";
import { overviewQuery } from "#lib/client/overview.ts";
import type { InboundSource } from "#lib/contract/inbound.ts";
import {
  type InboundKind,
  type InboundMapping,
  inboundKinds,
  usualMapping,
} from "#lib/core/inbound/kinds.ts";

type Props = {
  /** Null for a new one. */
  source: InboundSource | null;
  onClose: () => void;
  onSaved: () => Promise<void>;
};

type Draft = Pick<
  InboundSource,
  "slug" | "name" | "kind" | "provider" | "options" | "mapping" | "enabled" | "bytesMax"
> & {
  secret: string;
};

const fresh: Draft = {
  slug: "",
  name: "",
  kind: "standard_webhooks",
  provider: "",
  options: {},
  mapping: {},
  enabled: true,
  bytesMax: 1_048_576,
  secret: "",
};

const columns = Object.keys(mappingWords) as (keyof InboundMapping)[];

export function InboundForm({ source, onClose, onSaved }: Props) {
  const { data: overview } = useQuery(overviewQuery());
  const providers = (overview?.providers ?? []).map(({ slug, name }) => ({ value: slug, label: name }));
  const [draft, setDraft] = useState<Draft>(source === null ? fresh : { ...source, secret: "" });
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const save = async () => {
    const { slug, kind, name, provider, options, mapping, enabled, bytesMax, secret } = draft;
    const settings = { name, provider, options, mapping, enabled, bytesMax };
    if (source === null) await createSource({ slug, kind, secrets: [secret.trim()], ...settings });
    else await patchSource(slug, source.version, settings);
    await onSaved();
  };
  const { kind } = draft;
  return (
    <SaveForm
      onCancel={onClose}
      check={() => (draft.provider === "" ? [{ field: "provider", message: "must be chosen" }] : [])}
      onSave={save}
    >
      <NameFields
        draft={draft}
        isNew={source === null}
        description="The end of its address. It stays for ever."
        onChange={change}
      />
      {source === null && (
        <>
          <ChoiceField
            field="kind"
            label="It proves who it is by"
            value={kind}
            choices={inboundKinds.map((value) => ({ value, label: inboundKindWords[value] }))}
            onChange={(chosen: InboundKind) => change({ kind: chosen, options: optionsFor(chosen) })}
          />
          <SecretField
            field="secrets.0"
            kind={kind}
            description={`${secretHints[kind]} It is never shown again.`}
            value={draft.secret}
            onChange={(secret) => change({ secret })}
          />
        </>
      )}
      <InboundOptionFields options={draft.options} onChange={(options) => change({ options })} />
      <ChoiceField
        field="provider"
        label="Its calls become records of"
        value={draft.provider}
        choices={[{ value: "", label: "Choose one" }, ...providers]}
        onChange={(provider) => change({ provider })}
      />
      {columns.map((column) => (
        <TextField
          key={column}
          field={`mapping.${column}`}
          label={mappingWords[column].label}
          description={descriptionOf(kind, column)}
          mono
          placeholder={usualMapping[kind][column] ?? "$.a.path or header:Name"}
          value={draft.mapping[column] === null ? none : (draft.mapping[column] ?? "")}
          onChange={(typed) => change({ mapping: withColumn(draft.mapping, column, typed) })}
        />
      ))}
      <NumberField
        field="bytesMax"
        label="Largest body"
        unit="bytes"
        description="A call with a larger one is refused (413)."
        value={draft.bytesMax}
        onChange={(bytesMax) => change({ bytesMax })}
      />
      <SwitchField
        field="enabled"
        label="Switched on"
        description="Switched off, its sender is told to come again later."
        value={draft.enabled}
        onChange={(enabled) => change({ enabled })}
      />
    </SaveForm>
  );
}

/** What is typed so that a column stays empty, whatever is usual. */
const none = "none";

function descriptionOf(kind: InboundKind, column: keyof InboundMapping): string {
  const { description } = mappingWords[column];
  const usual = usualMapping[kind][column];
  return usual === null ? description : `${description} Left empty: ${usual}. Write ${none} for nothing.`;
}

/** An empty one is as usual for the kind. */
function withColumn(
  mapping: Draft["mapping"],
  column: keyof InboundMapping,
  typed: string,
): Draft["mapping"] {
  const { [column]: _, ...others } = mapping;
  const text = typed.trim();
  if (text === "") return others;
  return { ...others, [column]: text === none ? null : text };
}
