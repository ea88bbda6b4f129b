"use client";
import Link from "next/link";
import { Figure } from "#components/providers/figure.tsx";
import {
  BreakerCell,
  batchOf,
  drainOf,
  FailedCell,
  HoldCell,
  OldestCell,
  p95Of,
  RateCell,
  successOf,
  waitingOf,
} from "#components/providers/provider-cells.tsx";
import type { ProviderSummary } from "#lib/contract/provider.ts";
import styles from "./providers.module.css";

/** The table's rows where there is no room for a table. */
export function ProviderCards({ providers }: { providers: readonly ProviderSummary[] }) {
  return (
    <ul className={styles.cards} aria-label="Providers">
      {providers.map((provider) => (
        <li key={provider.slug} className={styles.card}>
          <span className={styles.tileHead}>
            <Link href={`/providers/${provider.slug}`} prefetch={false}>
              {provider.name}
            </Link>
            <BreakerCell provider={provider} />
          </span>
          <dl className={styles.figures}>
            <Figure name="Delivered/min">
              <span style={{ display: "inline-flex" }}>
                <RateCell provider={provider} />
              </span>
            </Figure>
            <Figure name="Success">{successOf({ provider })}</Figure>
            <Figure name="p95">{p95Of({ provider })}</Figure>
            <Figure name="Batch size">{batchOf({ provider })}</Figure>
            <Figure name="Waiting">{waitingOf({ provider })}</Figure>
            <Figure name="Oldest">
              <OldestCell provider={provider} />
            </Figure>
            <Figure name="Failed">
              <FailedCell provider={provider} />
            </Figure>
            <Figure name="Time to drain">{drainOf({ provider })}</Figure>
            {(provider.state.hold || provider.shadow || provider.percentage < 100) && (
              <Figure name="Hold">
                <HoldCell provider={provider} />
              </Figure>
            )}
          </dl>
        </li>
      ))}
    </ul>
  );
}
