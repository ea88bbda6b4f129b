"use client";
import { useQuery } from "@tanstack/react-query";
import { Facts } from "#components/records/facts.tsx";
import { Flow } from "#components/records/flow.tsx";
import { Payload } from "#components/records/payload.tsx";
import { RecordActions } from "#components/records/record-actions.tsx";
import { Revisions } from "#components/records/revisions.tsx";
import { Timeline } from "#components/records/timeline.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { StatusChip } from "#components/states/status-chip.tsx";
import { useNow, useZone } from "#lib/client/clock.ts";
import { recordQuery } from "#lib/client/records.ts";
import { duplicateOf, isShadowed, whatHappened } from "#lib/client/what-happened.ts";
import type { RecordDetail } from "#lib/contract/record.ts";
import styles from "./record.module.css";

export function RecordScreen({ id }: { id: string }) {
  const { data, dataUpdatedAt, error, refetch } = useQuery(recordQuery(id));
  if (data) return <Loaded record={data} fetchedAt={dataUpdatedAt} />;
  if (error) return <QueryError what="This record" error={error} retry={() => void refetch()} />;
  return <LoadingState label="Loading the record" />;
}

type LoadedProps = { record: RecordDetail; fetchedAt: number };

function Loaded({ record, fetchedAt }: LoadedProps) {
  return (
    <>
      <PageHeader title={record.subject ?? record.type ?? `Record ${record.id.slice(-12)}`}>
        <StatusChip status={record.status} word={chipWord(record)} />
      </PageHeader>
      <div className={styles.columns}>
        <div className={styles.column}>
          <Story record={record} fetchedAt={fetchedAt} />
          <section className={styles.card} aria-labelledby="timeline">
            <h2 id="timeline">Timeline</h2>
            <Timeline record={record} />
          </section>
          {record.correlationId !== null && (
            <section className={styles.card} aria-labelledby="flow">
              <h2 id="flow">The same flow</h2>
              <Flow correlationId={record.correlationId} here={record.id} />
            </section>
          )}
        </div>
        <div className={styles.column}>
          <section className={styles.card} aria-labelledby="facts">
            <h2 id="facts">Facts</h2>
            <Facts record={record} />
          </section>
          <section className={styles.card} aria-labelledby="payload">
            <h2 id="payload">Payload</h2>
            <Payload payload={record.payload} hidden={record.payloadHidden} />
          </section>
          {record.revisions.length > 1 && (
            <section className={styles.card} aria-labelledby="revisions">
              <h2 id="revisions">Corrections</h2>
              <Revisions record={record} />
            </section>
          )}
        </div>
      </div>
    </>
  );
}

/** Where the status alone would say too little. */
function chipWord(record: RecordDetail): string | undefined {
  if (isShadowed(record)) return "Shadow – not sent";
  return record.status === "duplicate" && duplicateOf(record) !== null ? "Sent before" : undefined;
}

function Story({ record, fetchedAt }: LoadedProps) {
  const zone = useZone();
  const nowMs = useNow(1_000);
  const { happened, mend } = whatHappened({ record, zone, nowMs });
  return (
    <section className={styles.card} aria-labelledby="what-happened">
      <h2 id="what-happened">What happened</h2>
      <p className={styles.happened} suppressHydrationWarning>
        {happened}
      </p>
      {mend && (
        <p className={styles.mend} suppressHydrationWarning>
          {mend}
        </p>
      )}
      <RecordActions record={record} fetchedAt={fetchedAt} />
    </section>
  );
}
