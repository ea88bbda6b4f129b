"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Entries } from "#components/policy/entries.tsx";
import { ChoiceField, NumberField, OptionalNumberField, TextField } from "#components/policy/fields.tsx";
import { Fields } from "#components/policy/form-section.tsx";
import policyStyles from "#components/policy/policy.module.css";
import { NameFields } from "#components/settings/name-fields.tsx";
import { SaveForm } from "#components/settings/save-form.tsx";
import { teamKindWords, teamRuleWords } from "#lib/client/desk-words.ts";
import { overviewQuery } from "#lib/client/overview.ts";
import { createTeam, patchTeam } from "#lib/client/teams.ts";
import { categoryWords } from "#lib/client/words.ts";
import type { Team, TeamRule } from "#lib/contract/team.ts";
import { teamKinds } from "#lib/core/desk.ts";
import { failureCategories } from "#lib/core/status.ts";

type Props = {
  /** Null for a new one. */
  team: Team | null;
  onClose: () => void;
  onSaved: () => Promise<void>;
};

const freshTeam: Team = {
  slug: "",
  name: "",
  kind: "technical",
  position: 100,
  rules: [],
  builtIn: false,
};
const freshRule: TeamRule = { provider: null, type: null, category: null, statusCode: null, contains: null };

export function TeamForm({ team, onClose, onSaved }: Props) {
  const [draft, setDraft] = useState(team ?? freshTeam);
  const change = (part: Partial<Team>) => setDraft({ ...draft, ...part });
  const save = async () => {
    const { slug, builtIn, ...settings } = draft;
    if (team === null) await createTeam({ slug, ...settings });
    else await patchTeam(slug, settings);
    await onSaved();
  };
  return (
    <SaveForm onCancel={onClose} check={() => emptyRules(draft.rules)} onSave={save}>
      <Fields>
        <NameFields
          draft={draft}
          isNew={team === null}
          description="It stands in links and policies, and stays for ever."
          onChange={change}
        />
        {!draft.builtIn && (
          <ChoiceField
            field="kind"
            label="Skill"
            description="Technical mends systems, client data knows the data. Who may retry and reject follows from it."
            value={draft.kind}
            choices={teamKinds.map((value) => ({ value, label: teamKindWords[value] }))}
            onChange={(kind) => change({ kind })}
          />
        )}
        <NumberField
          field="position"
          label="Place"
          description="Teams with a smaller number are asked first."
          value={draft.position}
          onChange={(position) => change({ position })}
        />
      </Fields>
      <Entries
        field="rules"
        noun="Rule"
        entries={draft.rules}
        onChange={(rules) => change({ rules })}
        fresh={freshRule}
        none="No rules: it is given failures by hand, or by a provider's policy."
        ordered
      >
        {(rule, path, changeRule) => <RuleFields rule={rule} path={path} change={changeRule} />}
      </Entries>
    </SaveForm>
  );
}

const emptyRules = (rules: readonly TeamRule[]) =>
  [...rules.entries()]
    .filter(([, rule]) => Object.values(rule).every((value) => value === null))
    .map(([place]) => ({
      field: `rules.${place}`,
      message: "must name one thing at least, else it would fit every failure",
    }));

type RuleProps = { rule: TeamRule; path: string; change: (rule: TeamRule) => void };

const any = "";

function RuleFields({ rule, path, change }: RuleProps) {
  const { data: overview } = useQuery(overviewQuery());
  const providers = (overview?.providers ?? []).map(({ slug, name }) => ({ value: slug, label: name }));
  const nameOf = (slug: string) => providers.find(({ value }) => value === slug)?.label ?? slug;
  const set = (part: Partial<TeamRule>) => change({ ...rule, ...part });
  return (
    <>
      <p className={policyStyles.sentence}>{teamRuleWords(rule, nameOf)}</p>
      <Fields>
        <ChoiceField
          field={`${path}.provider`}
          label="Provider"
          value={rule.provider ?? any}
          choices={[{ value: any, label: "Any" }, ...known(providers, rule.provider)]}
          onChange={(provider) => set({ provider: provider || null })}
        />
        <ChoiceField
          field={`${path}.category`}
          label="Kind of trouble"
          value={rule.category ?? any}
          choices={[
            { value: any, label: "Any" },
            ...failureCategories.map((value) => ({ value, label: categoryWords[value] })),
          ]}
          onChange={(category) => set({ category: category || null })}
        />
        <OptionalNumberField
          field={`${path}.statusCode`}
          label="HTTP status"
          empty="Any"
          value={rule.statusCode}
          onChange={(statusCode) => set({ statusCode })}
        />
        <TextField
          field={`${path}.type`}
          label="Record type"
          placeholder="Any"
          value={rule.type ?? ""}
          onChange={(type) => set({ type: type || null })}
        />
        <TextField
          field={`${path}.contains`}
          label="The message says"
          placeholder="Anything"
          value={rule.contains ?? ""}
          onChange={(contains) => set({ contains: contains || null })}
        />
      </Fields>
    </>
  );
}

/** A rule may name a provider that is gone. */
const known = (providers: { value: string; label: string }[], named: string | null) =>
  named === null || providers.some(({ value }) => value === named)
    ? providers
    : [...providers, { value: named, label: named }];
