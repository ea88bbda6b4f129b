import styles from "./charts.module.css";

const width = 56;
const height = 22;

/** The last minutes at a glance; the exact figure always stands beside it. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(1, ...values);
  const step = width / Math.max(1, values.length - 1);
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${y(value / most).toFixed(1)}`);
  return (
    <svg
      className={styles.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      <polygon
        points={`0,${height} ${points.join(" ")} ${width},${height}`}
        fill="currentColor"
        opacity="0.16"
      />
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  );
}

const y = (share: number): number => height - 2 - share * (height - 4);
