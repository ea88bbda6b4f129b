"use client";
import { ChartFrame } from "#components/charts/chart-frame.tsx";
import { Plot } from "#components/charts/plot.tsx";
import type { Series } from "#components/charts/series.ts";
import { short } from "#components/charts/ticks.ts";
import { number } from "#lib/client/formats.ts";
import type { ChartPoint, Span } from "#lib/client/series.ts";

const perMinute = (value: number) => `${number(value)}/min`;

const series: Series[] = [
  { key: "delivered", label: "Delivered", color: "var(--green-line)", kind: "area", format: perMinute },
  { key: "retried", label: "Retried", color: "var(--amber-line)", kind: "area", format: perMinute },
  { key: "failed", label: "Failed", color: "var(--red-line)", kind: "area", format: perMinute },
];
/** How many wait while nothing is sent: a stock beside the flows, so it is drawn over them, not stacked. */
const held: Series = {
  key: "held",
  label: "Held",
  color: "var(--violet-line)",
  kind: "step",
  dash: "5 3",
  axis: "right",
  format: number,
};

type Props = {
  points: readonly ChartPoint[];
  span: Span;
  during: string;
  group?: string;
  withHeld?: boolean;
};

export function ThroughputChart({ points, span, during, group, withHeld = false }: Props) {
  const all = withHeld ? [...series, held] : series;
  return (
    <ChartFrame
      title="Throughput"
      unit={withHeld ? "records a minute; held: records, right" : "records a minute"}
      name="throughput"
      series={all}
      points={points}
    >
      {(shown) => (
        <Plot
          label={`Delivered, retried and failed records a minute in ${during}`}
          points={points}
          span={span}
          series={shown}
          tick={short}
          tickRight={withHeld ? short : undefined}
          group={group}
        />
      )}
    </ChartFrame>
  );
}
