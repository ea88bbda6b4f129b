import { VisuallyHidden } from "@mantine/core";
import type { ChangeLine } from "#lib/client/policy-change.ts";
import styles from "./policy.module.css";

/** What a change would change: each setting, before and after. */
export function ChangeList({ lines }: { lines: readonly ChangeLine[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <section className={styles.changeList} tabIndex={0} aria-label="Changes">
      <dl className={styles.changes} data-testid="changes">
        {lines.map(({ field, name, before, after }) => (
          <div key={field}>
            <dt>{name}</dt>
            {before.map((line) => (
              <dd key={line} className={styles.was}>
                <span aria-hidden>−</span>
                <span>
                  <VisuallyHidden>before: </VisuallyHidden>
                  {line}
                </span>
              </dd>
            ))}
            {after.map((line) => (
              <dd key={line} className={styles.is}>
                <span aria-hidden>+</span>
                <span>
                  <VisuallyHidden>after: </VisuallyHidden>
                  {line}
                </span>
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </section>
  );
}
