"use client";
// Who can sign in, and who they are in Slack: what a member presses there is done as this person.
import { Button, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { offLook } from "#components/settings/looks.ts";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { useCaller } from "#components/shell/caller.tsx";
import { Chip } from "#components/states/chip.tsx";
import { LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { ApiError, sentenceOf } from "#lib/client/http.ts";
import { patchPerson, peopleQuery } from "#lib/client/people.ts";
import { roleNames, whyNot } from "#lib/client/permissions.ts";
import type { Person } from "#lib/contract/person.ts";
import styles from "./settings.module.css";

export function PeopleScreen() {
  return (
    <SettingsFrame may="assign">
      <People />
    </SettingsFrame>
  );
}

function People() {
  const { email, role } = useCaller();
  const { data: people, error, refetch } = useQuery(peopleQuery());
  if (people === undefined) {
    if (error) return <QueryError what="People" error={error} retry={() => void refetch()} />;
    return <LoadingState label="Loading people" rows={3} />;
  }
  return (
    <div className={styles.sections}>
      <section className={styles.section} aria-labelledby="people">
        <h2 id="people">People</h2>
        <p className={styles.quiet}>
          With the Slack member ID, a button that somebody presses in Slack is their act here, with their
          rights and their name. Without it, their buttons do nothing. In Slack: your profile, ⋮, Copy member
          ID.
        </p>
        <ul className={styles.list} aria-label="People">
          {people.map((person) => (
            <PersonItem
              // What the server says anew is shown anew.
              key={`${person.id} ${person.slackUserId}`}
              person={person}
              whyNotEdit={person.email === email ? null : whyNot(role, "manage_desk")}
            />
          ))}
        </ul>
      </section>
    </div>
  );
}

function PersonItem({ person, whyNotEdit }: { person: Person; whyNotEdit: string | null }) {
  const client = useQueryClient();
  const [typed, setTyped] = useState(person.slackUserId ?? "");
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const next = typed.trim() || null;
  const save = async () => {
    setBusy(true);
    setFault(null);
    try {
      await patchPerson(person.id, next);
      notifications.show({ message: `${person.name}: saved.` });
      await client.invalidateQueries({ queryKey: ["people"] });
    } catch (error) {
      setFault(faultOf(error));
    }
    setBusy(false);
  };
  return (
    <li className={styles.person} data-testid="person">
      <div className={styles.text}>
        <p className={styles.name}>
          {person.name} {person.isDisabled && <Chip look={offLook} word="Disabled" />}
        </p>
        <p className={styles.quiet}>
          {person.email} · {roleNames[person.role]}
        </p>
      </div>
      <form
        className={styles.slack}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (next !== person.slackUserId) void save();
        }}
      >
        <TextInput
          aria-label={`Slack member ID of ${person.name}`}
          placeholder="Slack member ID"
          value={typed}
          spellCheck={false}
          readOnly={whyNotEdit !== null}
          description={whyNotEdit}
          inputWrapperOrder={["input", "description", "error"]}
          error={fault}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setFault(null);
          }}
        />
        {whyNotEdit === null && (
          <Button
            type="submit"
            size="sm"
            variant="default"
            loading={busy}
            disabled={next === person.slackUserId}
          >
            Save
          </Button>
        )}
      </form>
    </li>
  );
}

/** The form has one field: its error is the form's. */
function faultOf(error: unknown): string {
  const [wrong] = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
  if (wrong === undefined) return sentenceOf(error);
  return `${wrong.message.charAt(0).toUpperCase()}${wrong.message.slice(1)}.`;
}
