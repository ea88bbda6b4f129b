"use client";
// The teams in the order in which their rules are asked, each with its rules.
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { RemoveButton } from "#components/settings/remove-button.tsx";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { TeamForm } from "#components/settings/team-form.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { teamKindWords, teamRuleWords } from "#lib/client/desk-words.ts";
import { overviewQuery } from "#lib/client/overview.ts";
import { deleteTeam, teamsQuery } from "#lib/client/teams.ts";
import type { Team } from "#lib/contract/team.ts";
import styles from "./settings.module.css";

export function TeamsScreen() {
  return (
    <SettingsFrame>
      <Teams />
    </SettingsFrame>
  );
}

function Teams() {
  const client = useQueryClient();
  const { data: teams, error, refetch } = useQuery(teamsQuery());
  const [edited, setEdited] = useState<Team | "new" | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["teams"] });
  if (teams === undefined) {
    if (error) return <QueryError what="Teams" error={error} retry={() => void refetch()} />;
    return <LoadingState label="Loading teams" rows={3} />;
  }
  return (
    <div className={styles.sections}>
      <section className={styles.section} aria-labelledby="teams">
        <div className={styles.head}>
          <h2 id="teams">Teams</h2>
          <Button size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited("new")}>
            New team
          </Button>
        </div>
        <p className={styles.quiet}>
          A new failure goes to the team of the first rule that fits, from the top. One that fits none goes to
          Technical or to Client data, by the kind of trouble it is. What is there already stays where it is.
        </p>
        <ol className={styles.list} aria-label="Teams">
          {teams.map((team) => (
            <TeamItem key={team.slug} team={team} onEdit={() => setEdited(team)} onGone={refresh} />
          ))}
        </ol>
      </section>
      <Dialog
        title={edited === "new" ? "New team" : `Team ${edited?.name ?? ""}`}
        opened={edited !== null}
        onClose={() => setEdited(null)}
        size="xl"
      >
        {edited !== null && (
          <TeamForm
            team={edited === "new" ? null : edited}
            onClose={() => setEdited(null)}
            onSaved={async () => {
              await refresh();
              setEdited(null);
              notifications.show({ message: "Saved. It holds for what fails from now on." });
            }}
          />
        )}
      </Dialog>
    </div>
  );
}

type ItemProps = { team: Team; onEdit: () => void; onGone: () => Promise<void> };

function TeamItem({ team, onEdit, onGone }: ItemProps) {
  const { data: overview } = useQuery(overviewQuery());
  const names = new Map(overview?.providers.map(({ slug, name }) => [slug, name]));
  const { slug, name, kind, rules, builtIn } = team;
  return (
    <li className={styles.item} data-testid="team">
      <div className={styles.text}>
        <p className={styles.name}>{name}</p>
        <p className={styles.quiet}>
          {slug} · skill: {teamKindWords[kind].toLowerCase()}
          {builtIn && " · built in"}
        </p>
        {rules.length > 0 && (
          <ol className={styles.rules} aria-label={`Rules of ${name}`}>
            {[...rules.entries()].map(([place, rule]) => (
              <li key={place}>{teamRuleWords(rule, (provider) => names.get(provider) ?? provider)}</li>
            ))}
          </ol>
        )}
      </div>
      <div className={styles.acts}>
        <GuardedButton size="xs" variant="default" whyNot={null} about={name} onClick={onEdit}>
          Change…
        </GuardedButton>
        <RemoveButton
          name={name}
          sentence="Its rules and the routes to its channels no longer fit anything. Its open failures must be moved first."
          whyNot={builtIn ? "It is built in: failures that fit no rule go there." : null}
          onRemove={async () => {
            await deleteTeam(slug);
            await onGone();
          }}
        />
      </div>
    </li>
  );
}
