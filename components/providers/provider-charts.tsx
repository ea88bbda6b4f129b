"use client";
// The charts of one provider: one time range, one cursor, the breaker's band under them.
import { SegmentedControl } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { BacklogChart } from "#components/charts/backlog-chart.tsx";
import { BatchSizeChart } from "#components/charts/batch-size-chart.tsx";
import { BreakerBand } from "#components/charts/breaker-band.tsx";
import { LatencyChart } from "#components/charts/latency-chart.tsx";
import { ThroughputChart } from "#components/charts/throughput-chart.tsx";
import { LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { boundsOf, extents, type Range, ranges } from "#lib/client/ranges.ts";
import { batchSteps, breakerSegments, chartPoints, type Span, withPauses } from "#lib/client/series.ts";
import type { BatchChange, ProviderWithState, Throughput } from "#lib/contract/provider.ts";
import styles from "./providers.module.css";

type Props = {
  provider: ProviderWithState;
  range: Range;
  onRange: (range: Range) => void;
  throughput: UseQueryResult<Throughput>;
  changes: readonly BatchChange[];
};

export function ProviderCharts({ provider, range, onRange, throughput, changes }: Props) {
  return (
    <section className={styles.section} aria-labelledby="charts">
      <div className={styles.sectionHead}>
        <h2 id="charts">Charts</h2>
        <SegmentedControl
          size="xs"
          aria-label="Time range"
          value={range}
          onChange={(value) => onRange(ranges.find((one) => one === value) ?? "15m")}
          data={ranges.map((value) => ({ value, label: extents[value].label }))}
          transitionDuration={0}
        />
      </div>
      {throughput.data ? (
        <Charts
          provider={provider}
          range={range}
          throughput={throughput.data}
          changes={changes}
          nowMs={throughput.dataUpdatedAt}
        />
      ) : throughput.error ? (
        <QueryError what="The charts" error={throughput.error} retry={() => void throughput.refetch()} />
      ) : (
        <LoadingState label="Loading the charts" rows={3} />
      )}
    </section>
  );
}

type ChartsProps = Pick<Props, "provider" | "range" | "changes"> & { throughput: Throughput; nowMs: number };

function Charts({ provider, range, changes, throughput, nowMs }: ChartsProps) {
  const { state } = provider;
  const span: Span = useMemo(
    () => ({ fromMs: Date.parse(boundsOf(range, nowMs).from), toMs: nowMs, stepMs: throughput.step * 1_000 }),
    [range, nowMs, throughput.step],
  );
  const points = useMemo(() => chartPoints(throughput.items, span), [throughput.items, span]);
  const pausedNow = state.hold === "paused" ? { reason: state.pauseReason } : null;
  const band = withPauses(breakerSegments(changes, state.breaker, span), points, pausedNow, span);
  const shared = { span, during: extents[range].words, group: provider.slug };
  return (
    <div className={styles.charts}>
      <ThroughputChart points={points} withHeld {...shared} />
      <BatchSizeChart
        steps={batchSteps(changes, state.batchSize, span)}
        most={provider.batchSizeMax}
        {...shared}
      />
      <LatencyChart points={points} slowMs={provider.slowMs} {...shared} />
      <BacklogChart points={points} {...shared} />
      <div className={styles.wide}>
        <BreakerBand segments={band} span={span} />
      </div>
    </div>
  );
}
