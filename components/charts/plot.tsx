"use client";
// The drawing itself: time from left to right, one or two value axes, no motion, the last step marked as unfinished.
import { useMediaQuery } from "@mantine/hooks";
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { PlotTip } from "#components/charts/plot-tip.tsx";
import type { Point, Series } from "#components/charts/series.ts";
import { logTicks, tickLabel, timeTicks } from "#components/charts/ticks.ts";
import { useZone } from "#lib/client/clock.ts";
import type { Span } from "#lib/client/series.ts";
import styles from "./charts.module.css";

type Mark = { value: number; label: string; color: string };

type Props = {
  /** Said to those who do not see it. */
  label: string;
  points: readonly Point[];
  span: Span;
  series: readonly Series[];
  tick: (value: number) => string;
  /** Shows a right axis. */
  tickRight?: (value: number) => string;
  log?: boolean;
  whole?: boolean;
  marks?: readonly Mark[];
  /** A sentence for the tooltip, beside the figures. */
  note?: (point: Point) => string | null;
  /** Charts of one group share the time cursor. */
  group?: string;
};

const axis = { stroke: "var(--line)", tick: { fill: "var(--ink-2)" }, tickLine: false } as const;
const height = 170;
export const plotInset = { left: 52, right: 52, bare: 8 };

export function Plot({
  label,
  points,
  span,
  series,
  tick,
  tickRight,
  log,
  whole,
  marks = [],
  note,
  group,
}: Props) {
  const zone = useZone();
  const narrow = useMediaQuery("(max-width: 767.98px)") ?? false;
  const known = points.some((point) => series.some(({ key }) => typeof point[key] === "number"));
  if (!known) {
    return (
      <div className={`${styles.plot} ${styles.none}`} style={{ height }}>
        {series.length === 0 ? "All series are switched off." : "Nothing was measured in this time."}
      </div>
    );
  }
  const last = points.at(-1);
  const endMs = Math.max(span.toMs, (last?.atMs ?? 0) + 1);
  // The last value holds until the end, so that the last step has its width.
  const drawn = last === undefined || last.atMs >= endMs ? points : [...points, { ...last, atMs: endMs }];
  const logMarks = logTicks([...valuesOf(points, series), ...marks.map(({ value }) => value)]);
  return (
    <div className={styles.plot} style={{ height }} role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 640, height }}>
        <ComposedChart
          data={drawn}
          margin={{ top: 6, right: tickRight ? 0 : plotInset.bare, bottom: 0, left: 0 }}
          syncId={group}
          syncMethod="value"
          accessibilityLayer={false}
        >
          <CartesianGrid stroke="var(--line)" strokeOpacity={0.7} vertical={false} />
          <XAxis
            dataKey="atMs"
            type="number"
            scale="time"
            domain={[span.fromMs, endMs]}
            allowDataOverflow
            ticks={timeTicks(span.fromMs, endMs, zone, narrow ? 4 : 8)}
            tickFormatter={(at: number) => tickLabel(at, endMs - span.fromMs, zone)}
            {...axis}
          />
          <YAxis
            yAxisId="left"
            width={plotInset.left}
            scale={log ? "log" : "auto"}
            domain={log ? logMarks.domain : [0, "auto"]}
            ticks={log ? logMarks.ticks : undefined}
            allowDataOverflow={log}
            allowDecimals={!whole}
            tickFormatter={(value: number) => unbroken(tick(value))}
            tickCount={4}
            {...axis}
          />
          {tickRight && (
            <YAxis
              yAxisId="right"
              orientation="right"
              width={plotInset.right}
              domain={[0, "auto"]}
              tickFormatter={(value: number) => unbroken(tickRight(value))}
              tickCount={4}
              {...axis}
            />
          )}
          <ReferenceArea
            yAxisId="left"
            x1={endMs - (endMs % span.stepMs || span.stepMs)}
            x2={endMs}
            fill="var(--surface-2)"
            fillOpacity={0.8}
            stroke="var(--ink-2)"
            strokeDasharray="3 3"
            strokeOpacity={0.6}
          />
          {marks.map((mark) => (
            <ReferenceLine
              key={mark.label}
              yAxisId="left"
              y={mark.value}
              stroke={mark.color}
              strokeDasharray="6 4"
              ifOverflow="extendDomain"
              label={{ value: mark.label, position: "insideBottomRight", fill: "var(--ink-2)", fontSize: 11 }}
            />
          ))}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: "var(--ink-2)", strokeDasharray: "2 2" }}
            content={({ active, payload }) => {
              const point: Point | undefined = active ? payload?.[0]?.payload : undefined;
              return point ? (
                <PlotTip point={point} series={series} note={note?.(point) ?? null} zone={zone} />
              ) : null;
            }}
          />
          {series.map((one) => drawnAs(one))}
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}

/** A mark of an axis stays on one line. */
const unbroken = (text: string): string => text.replaceAll(" ", "\u00a0");

const valuesOf = (points: readonly Point[], series: readonly Series[]): number[] =>
  points.flatMap((point) => series.map(({ key }) => point[key])).filter((value) => typeof value === "number");

function drawnAs({ key, label, color, kind, dash, axis: side = "left" }: Series) {
  const shared = { key, dataKey: key, name: label, stroke: color, yAxisId: side, isAnimationActive: false };
  if (kind === "area") {
    return (
      <Area
        {...shared}
        type="stepAfter"
        stackId="all"
        fill={color}
        fillOpacity={0.75}
        strokeWidth={0}
        dot={false}
      />
    );
  }
  return (
    <Line
      {...shared}
      type="stepAfter"
      strokeWidth={1.8}
      strokeDasharray={dash}
      dot={false}
      connectNulls={false}
    />
  );
}
