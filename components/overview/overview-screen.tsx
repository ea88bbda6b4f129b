"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { CanaryList } from "#components/canaries/canary-list.tsx";
import { ThroughputChart } from "#components/charts/throughput-chart.tsx";
import { FailureList } from "#components/failures/failure-list.tsx";
import { Tiles } from "#components/overview/tiles.tsx";
import { ProviderStrip } from "#components/providers/provider-strip.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { EmptyState, LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { overviewQuery } from "#lib/client/overview.ts";
import { chartPoints, type Span, stepOf } from "#lib/client/series.ts";
import type { Overview } from "#lib/contract/overview.ts";
import styles from "./overview.module.css";

export function OverviewScreen() {
  const { data, error, refetch, dataUpdatedAt } = useQuery(overviewQuery());
  return (
    <>
      <PageHeader title="Overview" />
      {data === undefined && error && (
        <QueryError what="The overview" error={error} retry={() => void refetch()} />
      )}
      {data === undefined && !error && <LoadingState label="Loading the overview" />}
      {data && <Loaded overview={data} nowMs={dataUpdatedAt} />}
    </>
  );
}

function Loaded({ overview, nowMs }: { overview: Overview; nowMs: number }) {
  return (
    <>
      <Tiles overview={overview} />
      <section className={styles.section} aria-labelledby="providers">
        <div className={styles.head}>
          <h2 id="providers">Providers</h2>
          <Link href="/providers">All figures</Link>
        </div>
        {overview.providers.length === 0 ? (
          <EmptyState title="There is no provider yet.">
            Add one with POST /api/v1/providers: a slug and a URL are enough.
          </EmptyState>
        ) : (
          <ProviderStrip providers={overview.providers} />
        )}
      </section>
      <section className={styles.section} aria-labelledby="flow">
        <h2 id="flow">The last half hour</h2>
        <Throughput overview={overview} nowMs={nowMs} />
      </section>
      <CanaryList />
      <section className={styles.section} aria-labelledby="newest">
        <div className={styles.head}>
          <h2 id="newest">Newest failures</h2>
          <Link href="/failures">All failures</Link>
        </div>
        <FailureList
          label="Newest failures"
          failures={overview.newestFailures}
          fetchedAt={nowMs}
          none={<EmptyState title="Nothing needs you." />}
        />
      </section>
    </>
  );
}

function Throughput({ overview: { throughput }, nowMs }: { overview: Overview; nowMs: number }) {
  const stepMs = stepOf(throughput);
  const fromMs = Date.parse(throughput[0]?.at ?? new Date(nowMs - 1_800_000).toISOString());
  const span: Span = { fromMs, toMs: nowMs, stepMs };
  return <ThroughputChart points={chartPoints(throughput, span)} span={span} during="the last half hour" />;
}
