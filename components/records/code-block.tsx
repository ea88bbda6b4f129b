import styles from "./record.module.css";

/** JSON or text, as it came; long ones scroll, by keyboard too. */
export function CodeBlock({ label, value }: { label: string; value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <section className={styles.code} tabIndex={0} aria-label={label}>
      <pre>{textOf(value)}</pre>
    </section>
  );
}

function textOf(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value, null, 2);
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? JSON.stringify(parsed, null, 2) : value;
  } catch {
    return value;
  }
}
