"use client";
// The five figures one looks at first; each leads to where it comes from.
import Link from "next/link";
import type { ReactNode } from "react";
import { Age } from "#components/time/age.tsx";
import { count, number, percent } from "#lib/client/formats.ts";
import type { Overview } from "#lib/contract/overview.ts";
import styles from "./overview.module.css";

export function Tiles({ overview }: { overview: Overview }) {
  const { deliveredPerMinute, successRate, oldestDueAt, needHuman, breakersOpen } = overview;
  return (
    <ul className={styles.tiles} aria-label="Now">
      <Tile href="/providers" label="Delivered a minute">
        <span data-testid="delivered-per-minute">{number(deliveredPerMinute)}</span>
      </Tile>
      <Tile href="/providers" label="Success, last 5 min">
        {successRate === null ? "–" : percent(successRate)}
      </Tile>
      <Tile href="/providers" label="Oldest waiting">
        <Age since={oldestDueAt} />
      </Tile>
      <li className={styles.tile}>
        <span className={styles.label}>Need a human</span>
        <span className={styles.teams}>
          <TeamLink href="/failures?tab=technical" label="technical" value={needHuman.technical} />
          <TeamLink href="/failures?tab=client_data" label="client data" value={needHuman.client_data} />
          {needHuman.others > 0 && <TeamLink href="/failures" label="other teams" value={needHuman.others} />}
        </span>
      </li>
      <Tile href="/providers" label="Breakers open" alarm={breakersOpen > 0}>
        {number(breakersOpen)}
      </Tile>
    </ul>
  );
}

type TileProps = { href: string; label: string; alarm?: boolean; children: ReactNode };

function Tile({ href, label, alarm = false, children }: TileProps) {
  return (
    <li>
      <Link href={href} className={styles.tile} prefetch={false}>
        <span className={styles.label}>{label}</span>
        <span className={`${styles.value} ${alarm ? styles.alarm : ""}`}>{children}</span>
      </Link>
    </li>
  );
}

function TeamLink({ href, label, value }: { href: string; label: string; value: number }) {
  return (
    <Link href={href} prefetch={false}>
      <span className={`${styles.value} ${value > 0 ? styles.alarm : ""}`}>{count(value)}</span>
      <span className={styles.small}>{label}</span>
    </Link>
  );
}
