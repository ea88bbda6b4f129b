"use client";
import Link from "next/link";
import { FailureList } from "#components/failures/failure-list.tsx";
import { EmptyState, LoadingState } from "#components/states/message-state.tsx";
import { count } from "#lib/client/formats.ts";
import type { Failures } from "#lib/contract/failure.ts";
import styles from "./providers.module.css";

const most = 5;

type Props = {
  slug: string;
  failed: number;
  pages: readonly Failures[] | undefined;
  /** When the server said so, ms. */
  fetchedAt: number;
};

/** Its newest open failures, and the way to all of them. */
export function ProviderFailures({ slug, failed, pages, fetchedAt }: Props) {
  const newest = pages?.[0]?.items.slice(0, most);
  return (
    <section className={styles.section} aria-labelledby="provider-failures">
      <div className={styles.sectionHead}>
        <h2 id="provider-failures">Open failures</h2>
        {failed > most && (
          <Link href={`/failures?provider=${slug}`} style={{ color: "var(--accent)" }}>
            All {count(failed)}
          </Link>
        )}
      </div>
      {newest === undefined ? (
        <LoadingState label="Loading failures" rows={2} />
      ) : (
        <FailureList
          label="Open failures"
          failures={newest}
          fetchedAt={fetchedAt}
          none={<EmptyState title="Nothing here needs you." />}
        />
      )}
    </section>
  );
}
