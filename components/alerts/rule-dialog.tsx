"use client";
// A rule's form: what all rules have, and what its kind takes. What the server says against a field stands beside it.
import { Button, Group, NativeSelect, Stack, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { FieldErrors, useField } from "#components/policy/errors.tsx";
import { below, NumberField, OptionalNumberField, SecondsField } from "#components/policy/fields.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { Fault } from "#components/shell/fault.tsx";
import { kindWords, type ParamField, paramFields, severityWords } from "#lib/client/alert-words.ts";
import { createRule, patchRule } from "#lib/client/alerts.ts";
import { ApiError } from "#lib/client/http.ts";
import { providersQuery } from "#lib/client/providers.ts";
import { refusalWords } from "#lib/client/refusal.ts";
import { type AlertRule, alertParams } from "#lib/contract/alert.ts";
import { isOfProvider } from "#lib/core/alert-kinds.ts";
import { type AlertKind, alertKinds, severities } from "#lib/core/desk.ts";
import styles from "./alerts.module.css";

type Props = {
  /** Null closes the dialog. */
  rule: AlertRule | "new" | null;
  onClose: () => void;
  onSaved: () => Promise<void>;
};

export function RuleDialog({ rule, onClose, onSaved }: Props) {
  const title = rule === "new" ? "New rule" : `Rule “${rule?.name ?? ""}”`;
  return (
    <Dialog title={title} opened={rule !== null} onClose={onClose}>
      {rule !== null && (
        <RuleForm
          key={rule === "new" ? "new" : rule.slug}
          rule={rule === "new" ? null : rule}
          onClose={onClose}
          onSaved={onSaved}
        />
      )}
    </Dialog>
  );
}

type Draft = Pick<
  AlertRule,
  "slug" | "name" | "kind" | "severity" | "provider" | "params" | "forMs" | "enabled"
>;

const usual = (kind: AlertKind): Record<string, unknown> => ({ ...alertParams[kind].parse({}) });

const begun: Draft = {
  slug: "",
  name: "",
  kind: "oldest_record",
  severity: "warning",
  provider: null,
  params: usual("oldest_record"),
  forMs: 60_000,
  enabled: true,
};

type FormProps = { rule: AlertRule | null; onClose: () => void; onSaved: () => Promise<void> };

function RuleForm({ rule, onClose, onSaved }: FormProps) {
  const [draft, setDraft] = useState<Draft>(rule ?? begun);
  const [errors, setErrors] = useState<{ field: string; message: string }[]>([]);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));

  const submit = async () => {
    setBusy(true);
    setFault(null);
    setErrors([]);
    try {
      const { slug, kind, name, severity, provider, params, forMs, enabled } = draft;
      const rest = { severity, provider, params, forMs, enabled };
      if (rule === null) await createRule({ ...rest, slug, kind, name: name || slug });
      else await patchRule(rule.slug, rule.version, { ...rest, name });
      await onSaved();
      onClose();
    } catch (error) {
      const found = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
      setErrors(found);
      setFault(found.length > 0 ? "Something needs mending; nothing is saved yet." : refusalWords(error));
      setBusy(false);
    }
  };

  return (
    <FieldErrors errors={errors}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
          <Fault why={fault} />
          <div className={styles.fields}>
            {rule === null && <KindFields draft={draft} change={change} />}
            <Text field="name" label="Name" value={draft.name} onChange={(name) => change({ name })} />
            <NativeSelect
              label="Severity"
              data-field="severity"
              value={draft.severity}
              data={severities.map((value) => ({ value, label: severityWords[value] }))}
              onChange={(event) =>
                change({ severity: severities.find((one) => one === event.currentTarget.value) ?? "warning" })
              }
            />
            {isOfProvider(draft.kind) && <ProviderField draft={draft} change={change} />}
            <SecondsField
              field="forMs"
              label="It must hold for"
              value={draft.forMs}
              onChange={(forMs) => change({ forMs })}
            />
            {paramFields[draft.kind].map((field) => (
              <Param
                key={field.name}
                field={field}
                value={draft.params[field.name]}
                onChange={(value) => change({ params: { ...draft.params, [field.name]: value } })}
              />
            ))}
          </div>
          <Switch
            label="Switched on"
            checked={draft.enabled}
            onChange={(event) => change({ enabled: event.currentTarget.checked })}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </FieldErrors>
  );
}

type PartProps = { draft: Draft; change: (part: Partial<Draft>) => void };

function KindFields({ draft, change }: PartProps) {
  return (
    <>
      <NativeSelect
        className={styles.wide}
        label="Looks for"
        data-field="kind"
        value={draft.kind}
        data={alertKinds.map((value) => ({ value, label: kindWords[value] }))}
        onChange={(event) => {
          const kind = alertKinds.find((one) => one === event.currentTarget.value);
          if (kind)
            change({ kind, params: usual(kind), provider: isOfProvider(kind) ? draft.provider : null });
        }}
      />
      <Text
        field="slug"
        label="Short name"
        description="a-z, 0-9 and -; it stays."
        value={draft.slug}
        onChange={(slug) => change({ slug })}
      />
    </>
  );
}

function ProviderField({ draft, change }: PartProps) {
  const { data } = useQuery(providersQuery());
  return (
    <NativeSelect
      label="Provider"
      {...useField("provider")}
      value={draft.provider ?? ""}
      data={[
        { value: "", label: "each of them" },
        ...(data ?? []).map(({ slug, name }) => ({ value: slug, label: name })),
      ]}
      onChange={(event) => change({ provider: event.currentTarget.value || null })}
    />
  );
}

type TextProps = {
  field: string;
  label: string;
  description?: string;
  value: string;
  onChange: (value: string) => void;
};

function Text({ field, value, onChange, ...input }: TextProps) {
  return (
    <TextInput
      {...input}
      {...below}
      {...useField(field)}
      value={value}
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

type ParamProps = { field: ParamField; value: unknown; onChange: (value: unknown) => void };

function Param({ field, value, onChange }: ParamProps) {
  const common = { field: `params.${field.name}`, label: field.label, description: field.help };
  switch (field.kind) {
    case "ms":
      return (
        <SecondsField
          {...common}
          value={typeof value === "number" ? value : Number.NaN}
          onChange={onChange}
        />
      );
    case "count":
      return field.empty === undefined ? (
        <NumberField {...common} value={typeof value === "number" ? value : Number.NaN} onChange={onChange} />
      ) : (
        <OptionalNumberField
          {...common}
          value={typeof value === "number" ? value : null}
          onChange={onChange}
          empty={field.empty}
        />
      );
    case "share":
      return (
        <NumberField
          {...common}
          unit="%"
          value={typeof value === "number" ? Math.round(value * 1e6) / 1e4 : Number.NaN}
          onChange={(typed) => onChange(typed / 100)}
        />
      );
    case "flag":
      return (
        <Switch
          className={styles.wide}
          label={field.label}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "list":
      return <List {...common} value={value} onChange={onChange} />;
    case "choice":
      return (
        <NativeSelect
          className={styles.wide}
          label={field.label}
          data-field={common.field}
          value={String(value)}
          data={field.choices}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

/** Text while it is typed: "a," is on its way to "a, b". */
function List({
  value,
  onChange,
  ...input
}: Omit<TextProps, "value" | "onChange"> & Omit<ParamProps, "field">) {
  const [text, setText] = useState(Array.isArray(value) ? value.join(", ") : "");
  const type = (typed: string) => {
    setText(typed);
    onChange(
      typed
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== ""),
    );
  };
  return <Text {...input} value={text} onChange={type} />;
}
