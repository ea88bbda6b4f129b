"use client";
import { markHeight, runMarkWords, stripWords } from "#lib/client/canaries.ts";
// The last runs as marks, the newest at the right: as high as they took of their limit. One that failed is striped over the
// whole height, a slow one has a gap; the history says the same in words.
import { useZone } from "#lib/client/clock.ts";
import { fullTime } from "#lib/client/formats.ts";
import type { Canary } from "#lib/contract/canary.ts";
import styles from "./canaries.module.css";

export function CanaryStrip({ canary: { slug, runs, limitMs } }: { canary: Canary }) {
  const zone = useZone();
  return (
    <div
      className={styles.strip}
      role="img"
      aria-label={`Canary ${slug}: ${stripWords(runs)}`}
      data-testid="canary-strip"
      suppressHydrationWarning
    >
      {runs.map((run) => (
        <span
          key={run.dueAt}
          className={`${styles.mark} ${styles[run.state]}`}
          style={{ height: `${Math.round(100 * markHeight(run, limitMs))}%` }}
          title={runMarkWords(run, fullTime(run.startedAt, zone))}
          data-state={run.state}
        />
      ))}
    </div>
  );
}
