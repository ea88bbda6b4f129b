"use client";
// What one wants to know of a canary in one line: how the last run was, and when.
import { RelativeTime } from "#components/time/relative-time.tsx";
import { runWords, stripWords } from "#lib/client/canaries.ts";
import { duration } from "#lib/client/formats.ts";
import type { Canary } from "#lib/contract/canary.ts";
import styles from "./canaries.module.css";

export function LastRun({ canary }: { canary: Canary }) {
  const { runs, state } = canary;
  const last = runs.findLast((run) => run.state !== "running");
  const begun = runs.at(-1);
  return (
    <p className={styles.quiet}>
      {stripWords(runs)}
      {last && (
        <>
          {" · last "}
          <RelativeTime at={last.endedAt ?? last.startedAt} />
          {last.state === "ok" ? "" : ` ${runWords[last.state]}`}
          {last.tookMs !== null && `, ${duration(last.tookMs)}`}
        </>
      )}
      {state === "silent" && (
        <b className={styles.bad}>
          {begun?.state === "running"
            ? " · A run has begun and does not end: no worker is at work."
            : " · A run was due and did not begin: no worker is at work."}
        </b>
      )}
      {(state === "failed" || state === "slow") && last?.error && (
        <b className={state === "slow" ? styles.late : styles.bad}> · {last.error}</b>
      )}
    </p>
  );
}
