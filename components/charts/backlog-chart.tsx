"use client";
import { ChartFrame } from "#components/charts/chart-frame.tsx";
import { Plot } from "#components/charts/plot.tsx";
import type { Series } from "#components/charts/series.ts";
import { short } from "#components/charts/ticks.ts";
import { duration, number } from "#lib/client/formats.ts";
import type { ChartPoint, Span } from "#lib/client/series.ts";

const age = (seconds: number) => duration(seconds * 1_000);

const series: Series[] = [
  { key: "waiting", label: "Waiting", color: "var(--slate-line)", kind: "area", format: number },
  { key: "held", label: "Held", color: "var(--violet-line)", kind: "area", format: number },
  {
    key: "oldestS",
    label: "Oldest",
    color: "var(--amber-line)",
    kind: "step",
    dash: "5 3",
    axis: "right",
    format: age,
  },
];

type Props = { points: readonly ChartPoint[]; span: Span; during: string; group?: string };

export function BacklogChart({ points, span, during, group }: Props) {
  return (
    <ChartFrame
      title="Backlog"
      unit="records; oldest: age, right"
      name="backlog"
      series={series}
      points={points}
    >
      {(shown) => (
        <Plot
          label={`Waiting and held records, and the age of the oldest, in ${during}`}
          points={points}
          span={span}
          series={shown}
          tick={short}
          tickRight={(seconds) => (seconds === 0 ? "0" : age(seconds).replace(/ \d+ (s|min|h)$/, ""))}
          whole
          group={group}
        />
      )}
    </ChartFrame>
  );
}
