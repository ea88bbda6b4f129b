"use client";
// What stands around every chart: its name, its legend (each entry a switch), and the same figures as a table.
import { IconChartLine, IconTable } from "@tabler/icons-react";
import { type ReactNode, useId, useState } from "react";
import { ChartTable } from "#components/charts/chart-table.tsx";
import { KeyMark } from "#components/charts/key-mark.tsx";
import type { Point, Series } from "#components/charts/series.ts";
import { useZone } from "#lib/client/clock.ts";
import styles from "./charts.module.css";

type Props = {
  title: string;
  /** What the numbers are: `records a minute`. */
  unit: string;
  /** Stable, for tests: `chart-<name>`. */
  name: string;
  series: readonly Series[];
  /** The table's rows, oldest first. */
  points: readonly Point[];
  children: (shown: readonly Series[]) => ReactNode;
};

export function ChartFrame({ title, unit, name, series, points, children }: Props) {
  const id = useId();
  const zone = useZone();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [table, setTable] = useState(false);
  const toggle = (key: string) =>
    setHidden(
      (before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]),
    );
  const shown = series.filter(({ key }) => !hidden.has(key));
  return (
    <figure
      className={styles.chart}
      aria-labelledby={id}
      data-testid={`chart-${name}`}
      data-points={points.length}
    >
      <div className={styles.head}>
        <h3 id={id} className={styles.title}>
          {title}
        </h3>
        <span className={styles.unit}>{unit}</span>
        <ul className={styles.legend} aria-label={`Series of ${title}`}>
          {!table &&
            series.map((one) => (
              <li key={one.key}>
                <button
                  type="button"
                  className={styles.key}
                  aria-pressed={!hidden.has(one.key)}
                  onClick={() => toggle(one.key)}
                >
                  <KeyMark series={one} />
                  {one.label}
                </button>
              </li>
            ))}
          <li>
            <button
              type="button"
              className={styles.asTable}
              aria-label={table ? `${title} as chart` : `${title} as table`}
              onClick={() => setTable(!table)}
            >
              {table ? <IconChartLine size={14} aria-hidden /> : <IconTable size={14} aria-hidden />}
              {table ? "As chart" : "As table"}
            </button>
          </li>
        </ul>
      </div>
      {table ? <ChartTable title={title} series={series} points={points} /> : children(shown)}
      <figcaption className={styles.foot}>
        <span>{table ? "Newest first" : "Dashed at the right: not finished yet"}</span>
        <span suppressHydrationWarning>Time zone: {zone}</span>
      </figcaption>
    </figure>
  );
}
