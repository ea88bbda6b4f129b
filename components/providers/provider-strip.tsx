"use client";
import Link from "next/link";
import { Sparkline } from "#components/charts/sparkline.tsx";
import { BreakerChip } from "#components/states/breaker-chip.tsx";
import { count, number } from "#lib/client/formats.ts";
import type { ProviderSummary } from "#lib/contract/provider.ts";
import styles from "./providers.module.css";

/** All providers at a glance. */
export function ProviderStrip({ providers }: { providers: readonly ProviderSummary[] }) {
  return (
    <ul className={styles.strip} aria-label="Providers">
      {providers.map(({ slug, name, state, sparkline, deliveredPerMinute }) => (
        <li key={slug}>
          <Link href={`/providers/${slug}`} className={styles.tile} prefetch={false}>
            <span className={styles.tileHead}>
              <span className={styles.name}>{name}</span>
              <BreakerChip state={state} />
            </span>
            <span className={styles.tileFoot}>
              <span>
                <span>{number(deliveredPerMinute)}/min</span>{" "}
                <span className={state.failed > 0 ? styles.bad : styles.quiet}>
                  {state.failed > 0 ? `${count(state.failed)} failed` : "none failed"}
                </span>
              </span>
              <Sparkline
                values={sparkline}
                label={`Delivered in the last 5 minutes, now ${number(deliveredPerMinute)} a minute`}
              />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
