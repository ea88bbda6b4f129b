import type { Series } from "#components/charts/series.ts";

/** The series' line as the chart draws it. */
export function KeyMark({ series }: { series: Series }) {
  return (
    <svg width="16" height="10" aria-hidden="true">
      {series.kind === "area" ? (
        <rect x="1" y="1" width="14" height="8" rx="2" fill={series.color} />
      ) : (
        <line
          x1="0"
          y1="5"
          x2="16"
          y2="5"
          stroke={series.color}
          strokeWidth="2.5"
          strokeDasharray={series.dash}
        />
      )}
    </svg>
  );
}
