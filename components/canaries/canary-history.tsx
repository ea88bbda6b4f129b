"use client";
// A canary's last runs in words, newest first; behind a fold, for who wants to know.
import Link from "next/link";
import { runWords } from "#lib/client/canaries.ts";
import { useZone } from "#lib/client/clock.ts";
import { duration, fullTime, person } from "#lib/client/formats.ts";
import type { Canary } from "#lib/contract/canary.ts";
import styles from "./canaries.module.css";

export function CanaryHistory({ canary: { slug, runs } }: { canary: Canary }) {
  const zone = useZone();
  if (runs.length === 0) return null;
  return (
    <details className={styles.history}>
      <summary>History</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <section className={styles.table} tabIndex={0} aria-label={`Runs of ${slug}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Began</th>
              <th scope="col">It was</th>
              <th scope="col">Took</th>
              <th scope="col">Why</th>
              <th scope="col">Started by</th>
            </tr>
          </thead>
          <tbody>
            {runs.toReversed().map((run) => (
              <tr key={run.dueAt}>
                <td suppressHydrationWarning>
                  {run.recordId === null ? (
                    fullTime(run.startedAt, zone)
                  ) : (
                    <Link href={`/records/${run.recordId}`} prefetch={false} suppressHydrationWarning>
                      {fullTime(run.startedAt, zone)}
                    </Link>
                  )}
                </td>
                <td className={run.state === "ok" ? undefined : styles.strong}>{runWords[run.state]}</td>
                <td>{run.tookMs === null ? "–" : duration(run.tookMs)}</td>
                <td className={styles.why}>{run.error ?? "–"}</td>
                <td>{run.startedBy === "Redrive" ? "its schedule" : person(run.startedBy)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
