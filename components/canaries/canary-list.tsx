"use client";
// All canaries at a glance; each leads to its provider's page.
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { CanaryChip } from "#components/canaries/canary-chip.tsx";
import { CanaryStrip } from "#components/canaries/canary-strip.tsx";
import { LastRun } from "#components/canaries/last-run.tsx";
import { canariesQuery } from "#lib/client/canaries.ts";
import type { Canary } from "#lib/contract/canary.ts";
import styles from "./canaries.module.css";

export function CanaryList() {
  const { data } = useQuery(canariesQuery(null));
  if (data === undefined || data.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="canaries">
      <h2 id="canaries">Canaries</h2>
      <p className={styles.quiet}>
        Test records on a schedule: they go the whole way, and are in none of the other figures.
      </p>
      <ul className={`${styles.list} ${styles.tiles}`} aria-label="Canaries">
        {data.map((canary) => (
          <li key={canary.slug} className={styles.box} data-testid="canary" data-slug={canary.slug}>
            <div className={styles.head}>
              <Link href={`/providers/${canary.provider}#canaries`} className={styles.name} prefetch={false}>
                {titleOf(canary)}
              </Link>
              <CanaryChip state={canary.state} />
            </div>
            <CanaryStrip canary={canary} />
            <LastRun canary={canary} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const titleOf = ({ builtIn, providerName, slug }: Canary): string =>
  builtIn ? "Redrive itself" : `${providerName} · ${slug}`;
