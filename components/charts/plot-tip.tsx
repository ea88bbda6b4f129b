import { KeyMark } from "#components/charts/key-mark.tsx";
import type { Point, Series } from "#components/charts/series.ts";
import { fullTime } from "#lib/client/formats.ts";
import styles from "./charts.module.css";

type Props = { point: Point; series: readonly Series[]; note: string | null; zone: string };

export function PlotTip({ point, series, note, zone }: Props) {
  return (
    <div className={styles.tip}>
      <span className={styles.tipNote}>{fullTime(new Date(point.atMs).toISOString(), zone)}</span>
      {series.map((one) => {
        const value = point[one.key];
        return (
          <span key={one.key} className={styles.tipRow}>
            <KeyMark series={one} />
            {one.label}
            <b>{typeof value === "number" ? one.format(value) : "–"}</b>
          </span>
        );
      })}
      {note && <span>{note}</span>}
    </div>
  );
}
