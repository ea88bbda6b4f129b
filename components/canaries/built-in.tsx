"use client";
// The provider that Redrive brings along, apart from those that people made.
import Link from "next/link";
import { BreakerChip } from "#components/states/breaker-chip.tsx";
import type { ProviderSummary } from "#lib/contract/provider.ts";
import styles from "./canaries.module.css";

export function BuiltIn({ providers }: { providers: readonly ProviderSummary[] }) {
  if (providers.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="built-in">
      <h2 id="built-in">Built in</h2>
      <ul className={styles.list} aria-label="Built in">
        {providers.map(({ slug, name, state }) => (
          <li key={slug} className={styles.box}>
            <div className={styles.head}>
              <Link href={`/providers/${slug}`} className={styles.name} prefetch={false}>
                {name}
              </Link>
              <BreakerChip state={state} />
            </div>
            <p className={styles.quiet}>{builtInWords}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

export const builtInWords =
  "Redrive’s own: an echo inside the worker. Its canary proves that outbox, worker and delivery work, whatever the providers do.";
