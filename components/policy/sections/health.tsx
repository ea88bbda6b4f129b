"use client";
import { Switch } from "@mantine/core";
import { Entries } from "#components/policy/entries.tsx";
import { FieldMessage } from "#components/policy/errors.tsx";
import {
  ChoiceField,
  NumberField,
  namesAsChoices,
  OptionalSecondsField,
  SecondsField,
  TextField,
} from "#components/policy/fields.tsx";
import { Fields, FormSection, type SectionProps } from "#components/policy/form-section.tsx";
import { WhenFields } from "#components/policy/when-fields.tsx";
import type { ProviderPolicy } from "#lib/contract/policy.ts";

type Health = NonNullable<ProviderPolicy["health"]>;

const methods = namesAsChoices(["GET", "HEAD", "POST"]);

export function HealthSection({ draft, change }: SectionProps) {
  const { health } = draft;
  return (
    <FormSection
      title="Health check"
      about="Asked when no delivery has been answered lately. While it is ill, nothing is sent; while deliveries succeed, it is not believed."
    >
      <Switch
        label="Ask a health check"
        checked={health !== null}
        onChange={(event) => change({ health: event.currentTarget.checked ? freshHealth(draft.url) : null })}
      />
      <FieldMessage field="health" />
      {health !== null && (
        <HealthFields health={health} onChange={(changed) => change({ health: changed })} />
      )}
    </FormSection>
  );
}

function HealthFields({ health, onChange }: { health: Health; onChange: (health: Health) => void }) {
  const set = (part: Partial<Health>) => onChange({ ...health, ...part });
  return (
    <>
      <Fields>
        <TextField
          field="health.url"
          label="Health check's address"
          wide
          value={health.url}
          onChange={(url) => set({ url })}
        />
        <ChoiceField
          field="health.method"
          label="Health check's method"
          value={health.method}
          choices={methods}
          onChange={(method) => set({ method })}
        />
        <NumberField
          field="health.expect"
          label="Well means status"
          value={health.expect}
          onChange={(expect) => set({ expect })}
        />
        <SecondsField
          field="health.everyMs"
          label="Asked every"
          value={health.everyMs}
          onChange={(everyMs) => set({ everyMs })}
        />
        <SecondsField
          field="health.timeoutMs"
          label="It gives up after"
          value={health.timeoutMs}
          onChange={(timeoutMs) => set({ timeoutMs })}
        />
        <OptionalSecondsField
          field="health.slowMs"
          label="Ill when slower than"
          empty="however slow"
          value={health.slowMs}
          onChange={(slowMs) => set({ slowMs })}
        />
      </Fields>
      <h3>Ill, whatever its status, when its answer is</h3>
      <Entries
        field="health.ill"
        noun="Sign"
        entries={health.ill}
        onChange={(ill) => set({ ill })}
        fresh={{ jsonPath: "$.status", equals: "down" }}
        none="None: the status alone decides."
      >
        {(when, path, change) => <WhenFields path={path} when={when} onChange={change} />}
      </Entries>
    </>
  );
}

function freshHealth(url: string): Health {
  const guess = URL.canParse(url) && url.startsWith("http") ? `${new URL(url).origin}/health` : "";
  return {
    url: guess,
    method: "GET",
    everyMs: 60_000,
    timeoutMs: 5_000,
    expect: 200,
    slowMs: null,
    ill: [],
  };
}
