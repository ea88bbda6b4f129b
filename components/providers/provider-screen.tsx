"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { builtInWords } from "#components/canaries/built-in.tsx";
import { ProviderCanaries } from "#components/canaries/provider-canaries.tsx";
import { PolicySummary } from "#components/policy/policy-summary.tsx";
import { BreakerCard } from "#components/providers/breaker-card.tsx";
import { Headline } from "#components/providers/headline.tsx";
import { LatestDeliveries } from "#components/providers/latest-deliveries.tsx";
import { ProviderCharts } from "#components/providers/provider-charts.tsx";
import { ProviderFailures } from "#components/providers/provider-failures.tsx";
import { Transitions } from "#components/providers/transitions.tsx";
import { useRange } from "#components/providers/use-range.ts";
import { PageHeader } from "#components/shell/page-header.tsx";
import { BreakerChip } from "#components/states/breaker-chip.tsx";
import { HoldChip, ShadowChip } from "#components/states/hold-chip.tsx";
import { LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { failuresQuery } from "#lib/client/failures.ts";
import {
  batchChangesQuery,
  latestDeliveriesQuery,
  providerQuery,
  throughputQuery,
} from "#lib/client/providers.ts";
import { oldestFirst } from "#lib/client/series.ts";
import type { ProviderWithState } from "#lib/contract/provider.ts";
import { isBuiltIn } from "#lib/core/loopback.ts";
import { gateHolds, type Hold } from "#lib/core/status.ts";
import styles from "./providers.module.css";

export function ProviderScreen({ slug }: { slug: string }) {
  const { range, setRange } = useRange();
  const { data: provider, error, refetch } = useQuery(providerQuery(slug));
  const throughput = useQuery(throughputQuery(slug, range));
  const changes = useQuery(batchChangesQuery(slug, range));
  const deliveries = useQuery(latestDeliveriesQuery(slug));
  const failures = useInfiniteQuery(failuresQuery({ tab: "all", provider: slug, q: "" }));
  if (provider === undefined) {
    if (error) return <QueryError what="This provider" error={error} retry={() => void refetch()} />;
    return <LoadingState label="Loading the provider" />;
  }
  if (isBuiltIn(provider)) return <BuiltInScreen provider={provider} />;
  const newest = oldestFirst(changes.data ?? []).at(-1) ?? null;
  return (
    <>
      <PageHeader title={provider.name}>
        {/* A closed breaker beside a shut gate would say that all is well. */}
        {isGateHold(provider.state.hold) ? (
          <HoldChip state={provider.state} />
        ) : (
          <BreakerChip state={provider.state} />
        )}
        <ShadowChip shadow={provider.flags.shadow} percentage={provider.flags.percentage} />
      </PageHeader>
      <Headline provider={provider} change={newest} />
      <BreakerCard provider={provider} />
      <ProviderCanaries slug={slug} enabled={provider.flags.enabled} />
      <ProviderCharts
        provider={provider}
        range={range}
        onRange={setRange}
        throughput={throughput}
        changes={changes.data ?? []}
      />
      <ProviderFailures
        slug={slug}
        failed={provider.state.failed}
        pages={failures.data?.pages}
        fetchedAt={failures.dataUpdatedAt}
      />
      <div className={`${styles.section} ${styles.two}`}>
        <LatestDeliveries records={deliveries.data} />
        <Transitions changes={changes.data ?? []} range={range} />
      </div>
      <PolicySummary provider={provider} />
    </>
  );
}

/** Redrive's own has no business of anybody's: no charts, no failures, no policy to change. */
function BuiltInScreen({ provider }: { provider: ProviderWithState }) {
  return (
    <>
      <PageHeader title={provider.name}>
        <BreakerChip state={provider.state} />
      </PageHeader>
      <p className={styles.headline}>{builtInWords}</p>
      <BreakerCard provider={provider} />
      <ProviderCanaries slug={provider.slug} enabled={provider.flags.enabled} />
    </>
  );
}

const isGateHold = (hold: Hold | null): boolean => gateHolds.some((gate) => gate === hold);
