"use client";
import { Entries } from "#components/policy/entries.tsx";
import { ChoiceField, TextField } from "#components/policy/fields.tsx";
import { Fields, FormSection, type SectionProps } from "#components/policy/form-section.tsx";
import { WhenFields } from "#components/policy/when-fields.tsx";
import { outcomeChoices, ruleWords } from "#lib/client/policy-words.ts";
import type { Rule } from "#lib/contract/policy.ts";
import styles from "../policy.module.css";

const whose = [
  { value: "usual", label: "The usual team" },
  { value: "technical", label: "The technical team" },
  { value: "client_data", label: "The data team" },
] as const;

export function RulesSection({ draft, change }: SectionProps) {
  return (
    <FormSection
      title="Error rules"
      about="What this provider's own answers mean. The first that fits decides; where none does, the usual statuses do."
    >
      <Entries
        field="rules"
        noun="Rule"
        entries={draft.rules}
        onChange={(rules) => change({ rules })}
        fresh={{ when: { status: 409 }, outcome: "duplicate" }}
        none="None: its statuses mean the usual."
        ordered
      >
        {(rule, path, set) => <RuleFields rule={rule} path={path} onChange={set} />}
      </Entries>
    </FormSection>
  );
}

type RuleProps = { rule: Rule; path: string; onChange: (rule: Rule) => void };

function RuleFields({ rule, path, onChange }: RuleProps) {
  const { when, outcome, team, say } = rule;
  const set = (changed: Rule) => onChange(ruleOf(changed));
  return (
    <>
      <p className={styles.sentence}>{ruleWords(rule)}.</p>
      <WhenFields path={`${path}.when`} when={when} onChange={(next) => set({ ...rule, when: next })} />
      <Fields>
        <ChoiceField
          field={`${path}.outcome`}
          label="Such an answer"
          wide
          value={outcome}
          choices={outcomeChoices}
          onChange={(chosen) => set({ ...rule, outcome: chosen })}
        />
        <ChoiceField
          field={`${path}.team`}
          label="Failures are for"
          value={team ?? "usual"}
          choices={whose}
          onChange={(chosen) => set({ ...rule, team: chosen === "usual" ? undefined : chosen })}
        />
        <TextField
          field={`${path}.say`}
          label="What people read"
          wide
          placeholder="the usual words"
          description="May hold {status}, {words}, {header:x-name} and {$.json.path}."
          value={say ?? ""}
          onChange={(text) => set({ ...rule, say: text === "" ? undefined : text })}
        />
      </Fields>
    </>
  );
}

/** What is not set is left out. */
const ruleOf = ({ when, outcome, team, say }: Rule): Rule => ({
  when,
  outcome,
  ...(team !== undefined && { team }),
  ...(say !== undefined && { say }),
});
