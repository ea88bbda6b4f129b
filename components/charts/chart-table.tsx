"use client";
import type { Point, Series } from "#components/charts/series.ts";
import { useZone } from "#lib/client/clock.ts";
import { fullTime } from "#lib/client/formats.ts";
import styles from "./charts.module.css";

type Props = { title: string; series: readonly Series[]; points: readonly Point[] };

/** A chart's figures, newest first. */
export function ChartTable({ title, series, points }: Props) {
  const zone = useZone();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <section className={styles.table} tabIndex={0} aria-label={`${title}, figures`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ key, label }) => (
              <th key={key} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <tr key={point.atMs}>
              <td>{fullTime(new Date(point.atMs).toISOString(), zone)}</td>
              {series.map(({ key, format }) => {
                const value = point[key];
                return <td key={key}>{typeof value === "number" ? format(value) : (value ?? "–")}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
