import styles from "./charts.module.css";

const barWidth = 3;
const gap = 1;
const height = 24;

/** A day's hours at a glance; what they add up to always stands beside them, and the ear hears the label. */
export function MiniBars({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(1, ...values);
  const width = values.length * (barWidth + gap) - gap;
  return (
    <svg
      className={styles.bars}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      {[...values.entries()].map(([place, value]) => {
        // One failure is seen beside a thousand; an hour without any is a dot on the ground.
        const tall = value === 0 ? 1 : Math.max(3, Math.round((value / most) * height));
        return (
          <rect
            key={place}
            x={place * (barWidth + gap)}
            y={height - tall}
            width={barWidth}
            height={tall}
            opacity={value === 0 ? 0.35 : 1}
          />
        );
      })}
    </svg>
  );
}
