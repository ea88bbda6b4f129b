"use client";
import Link from "next/link";
import { StatusChip } from "#components/states/status-chip.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import type { RecordSummary } from "#lib/contract/record.ts";
import styles from "./providers.module.css";

export function LatestDeliveries({ records }: { records: readonly RecordSummary[] | undefined }) {
  return (
    <section className={styles.box} aria-labelledby="deliveries">
      <h2 id="deliveries">Latest deliveries</h2>
      {records === undefined && <p className={styles.quiet}>Loading…</p>}
      {records?.length === 0 && <p className={styles.quiet}>Nothing has been delivered yet.</p>}
      <ol className={styles.rows}>
        {records?.map((record) => (
          <li key={record.id} className={styles.rowItem}>
            <StatusChip status={record.status} />
            <span>
              <Link href={`/records/${record.id}`} prefetch={false}>
                {record.subject ?? record.type ?? record.id}
              </Link>{" "}
              <span className={styles.quiet}>
                <RelativeTime at={record.settledAt ?? record.createdAt} />
                {record.attempts > 1 && ` · try ${record.attempts}`}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
