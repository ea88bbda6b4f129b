// What differs between two payloads, line by line. A sign stands before each line, so that colour alone says nothing.
import { VisuallyHidden } from "@mantine/core";
import { plural } from "#lib/client/formats.ts";
import { type DiffLine, diffWords, payloadDiff } from "#lib/client/payload-diff.ts";
import styles from "./diff.module.css";

/** Both are JSON text. */
export function PayloadDiff({ label, before, after }: { label: string; before: string; after: string }) {
  const lines = payloadDiff(before, after);
  if (lines.length === 0) return <p className={styles.none}>Nothing differs.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <section className={styles.diff} tabIndex={0} aria-label={`${label}: ${diffWords(lines)}`}>
      <div className={styles.lines}>
        {[...lines.entries()].map(([place, line]) => (
          <Line key={place} line={line} />
        ))}
      </div>
    </section>
  );
}

const marks = { was: "−", is: "+", same: " " } as const;
const names = { was: "Out: ", is: "In: ", same: "" } as const;

function Line({ line }: { line: DiffLine }) {
  if (line.kind === "left_out")
    return <p className={styles.leftOut}>… {plural(line.lines, "line")} the same</p>;
  return (
    <div className={styles.line} data-kind={line.kind}>
      <span className={styles.mark} aria-hidden>
        {marks[line.kind]}
      </span>
      <code>
        <VisuallyHidden>{names[line.kind]}</VisuallyHidden>
        {line.text}
      </code>
    </div>
  );
}
