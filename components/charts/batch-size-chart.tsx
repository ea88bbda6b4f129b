"use client";
import { ChartFrame } from "#components/charts/chart-frame.tsx";
import { Plot } from "#components/charts/plot.tsx";
import type { Point, Series } from "#components/charts/series.ts";
import { number } from "#lib/client/formats.ts";
import type { BatchStep, Span } from "#lib/client/series.ts";

const series: Series[] = [
  { key: "size", label: "Batch size", color: "var(--blue-line)", kind: "step", format: number },
  { key: "most", label: "Maximum", color: "var(--slate-line)", kind: "step", dash: "6 4", format: number },
];

type Props = { steps: readonly BatchStep[]; most: number; span: Span; during: string; group?: string };

export function BatchSizeChart({ steps, most, span, during, group }: Props) {
  const points: Point[] = steps.map(({ atMs, size, why }) => ({ atMs, size, most, why }));
  return (
    <ChartFrame title="Batch size" unit="records at once" name="batch-size" series={series} points={points}>
      {(shown) => (
        <Plot
          label={`Batch size and its maximum in ${during}`}
          points={points}
          span={span}
          series={shown}
          tick={number}
          whole
          note={({ why }) => (typeof why === "string" ? why : null)}
          group={group}
        />
      )}
    </ChartFrame>
  );
}
