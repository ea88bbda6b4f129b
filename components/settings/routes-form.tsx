"use client";
// All routes in one form; saved together.
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Entries } from "#components/policy/entries.tsx";
import { ChoiceField } from "#components/policy/fields.tsx";
import { Fields } from "#components/policy/form-section.tsx";
import { LeaveGuard } from "#components/policy/leave-guard.tsx";
import { SaveForm } from "#components/settings/save-form.tsx";
import { saveRoutes } from "#lib/client/channels.ts";
import { severityWords, subjectWords } from "#lib/client/desk-words.ts";
import { overviewQuery } from "#lib/client/overview.ts";
import { teamsQuery } from "#lib/client/teams.ts";
import type { Channel, Route } from "#lib/contract/channel.ts";
import { messageSubjects, severities } from "#lib/core/desk.ts";
import styles from "./settings.module.css";

type Draft = Omit<Route, "id">;
type Props = { routes: readonly Route[]; channels: readonly Channel[] };

const draftOf = (routes: readonly Route[]): Draft[] => routes.map(({ id: _, ...route }) => route);

export function RoutesForm({ routes, channels }: Props) {
  const client = useQueryClient();
  const { data: teams = [] } = useQuery(teamsQuery());
  const { data: overview } = useQuery(overviewQuery());
  // Null follows what is saved: nothing is typed yet.
  const [typed, setTyped] = useState<Draft[] | null>(null);
  const draft = typed ?? draftOf(routes);
  const save = async () => {
    const saved = await saveRoutes({ items: draft });
    client.setQueryData(["routes"], saved.items);
    setTyped(null);
    notifications.show({ message: "The routes are saved." });
  };
  if (channels.length === 0 && draft.length === 0)
    return <p className={styles.quiet}>There is no channel yet that could be told.</p>;
  const choices = {
    channels: channels.map(({ slug, name }) => ({ value: slug, label: name })),
    teams: teams.map(({ slug, name }) => ({ value: slug, label: name })),
    providers: (overview?.providers ?? []).map(({ slug, name }) => ({ value: slug, label: name })),
  };
  const fresh: Draft = {
    subject: "failures",
    channel: channels[0]?.slug ?? "",
    team: null,
    provider: null,
    severity: "info",
  };
  return (
    <SaveForm verb="Save the routes" onSave={save} aside={<Changed isChanged={typed !== null} />}>
      <Entries
        field="items"
        noun="Route"
        entries={draft}
        onChange={setTyped}
        fresh={fresh}
        none="No routes: nobody is told of anything."
      >
        {(route, path, change) => (
          <RouteFields
            route={route}
            path={path}
            choices={choices}
            change={(part) => change({ ...route, ...part })}
          />
        )}
      </Entries>
      <LeaveGuard active={typed !== null} />
    </SaveForm>
  );
}

function Changed({ isChanged }: { isChanged: boolean }) {
  return (
    <span className={styles.quiet} role="status" style={{ marginRight: "auto" }}>
      {isChanged ? "Changed, not saved yet" : ""}
    </span>
  );
}

type Choice = { value: string; label: string };
type FieldsProps = {
  route: Draft;
  path: string;
  choices: { channels: Choice[]; teams: Choice[]; providers: Choice[] };
  change: (part: Partial<Draft>) => void;
};

function RouteFields({ route, path, choices, change }: FieldsProps) {
  const any = { value: "", label: "Any" };
  return (
    <Fields>
      <ChoiceField
        field={`${path}.channel`}
        label="Channel"
        value={route.channel}
        choices={withOwn(choices.channels, route.channel)}
        onChange={(channel) => change({ channel })}
      />
      <ChoiceField
        field={`${path}.subject`}
        label="Is told of"
        value={route.subject}
        choices={messageSubjects.map((value) => ({ value, label: subjectWords[value] }))}
        onChange={(subject) => change({ subject })}
      />
      <ChoiceField
        field={`${path}.team`}
        label="Of team"
        value={route.team ?? ""}
        choices={[any, ...withOwn(choices.teams, route.team)]}
        onChange={(team) => change({ team: team || null })}
      />
      <ChoiceField
        field={`${path}.provider`}
        label="Of provider"
        value={route.provider ?? ""}
        choices={[any, ...withOwn(choices.providers, route.provider)]}
        onChange={(provider) => change({ provider: provider || null })}
      />
      <ChoiceField
        field={`${path}.severity`}
        label="How urgent"
        value={route.severity}
        choices={severities.map((value) => ({ value, label: severityWords[value] }))}
        onChange={(severity) => change({ severity })}
      />
    </Fields>
  );
}

/** A route may name what is gone. */
const withOwn = (choices: Choice[], own: string | null): Choice[] =>
  own === null || choices.some(({ value }) => value === own)
    ? choices
    : [...choices, { value: own, label: own }];
