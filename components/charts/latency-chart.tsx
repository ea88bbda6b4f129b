"use client";
import { ChartFrame } from "#components/charts/chart-frame.tsx";
import { Plot } from "#components/charts/plot.tsx";
import type { Series } from "#components/charts/series.ts";
import { duration } from "#lib/client/formats.ts";
import type { ChartPoint, Span } from "#lib/client/series.ts";

const series: Series[] = [
  { key: "p50Ms", label: "p50", color: "var(--green-line)", kind: "step", format: duration },
  { key: "p95Ms", label: "p95", color: "var(--blue-line)", kind: "step", dash: "7 3", format: duration },
  { key: "p99Ms", label: "p99", color: "var(--violet-line)", kind: "step", dash: "2 3", format: duration },
];

type Props = { points: readonly ChartPoint[]; slowMs: number; span: Span; during: string; group?: string };

export function LatencyChart({ points, slowMs, span, during, group }: Props) {
  return (
    <ChartFrame title="Latency" unit="logarithmic" name="latency" series={series} points={points}>
      {(shown) => (
        <Plot
          label={`Latency, p50, p95 and p99, in ${during}; slow means ${duration(slowMs)}`}
          points={points}
          span={span}
          series={shown}
          tick={(ms) => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`)}
          log
          marks={[{ value: slowMs, label: `slow: ${duration(slowMs)}`, color: "var(--red-line)" }]}
          group={group}
        />
      )}
    </ChartFrame>
  );
}
