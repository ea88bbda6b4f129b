"use client";
// How each team stands: what is open, and over seven days how long until somebody looked and until it was over.
import { useQuery } from "@tanstack/react-query";
import { count, duration, plural } from "#lib/client/formats.ts";
import { teamFiguresQuery } from "#lib/client/teams.ts";
import styles from "./groups.module.css";

/** `team`: of one alone. */
export function TeamFigures({ team }: { team: string | null }) {
  const { data } = useQuery(teamFiguresQuery());
  const shown = (data ?? []).filter((figures) => team === null || figures.team === team);
  if (shown.length === 0) return null;
  return (
    <ul className={styles.figures} aria-label="Teams, over seven days">
      {shown.map((figures) => (
        <li key={figures.team} className={styles.team} data-testid="team-figures">
          <h2>{figures.teamName}</h2>
          <dl>
            <Figure name={plural(figures.openRecords, "record")}>
              {count(figures.openGroups)} {figures.openGroups === 1 ? "group" : "groups"}
            </Figure>
            <Figure name="to first touch">{time(figures.firstTouchMs)}</Figure>
            <Figure name="to resolve">{time(figures.resolveMs)}</Figure>
          </dl>
        </li>
      ))}
    </ul>
  );
}

/** A dash where there is nothing to know yet. */
const time = (ms: number | null): string => (ms === null ? "–" : duration(ms));

function Figure({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
