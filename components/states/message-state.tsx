// The four things a screen may have to say instead of its content; they never look alike.
import { type Icon, IconCircleCheck, IconCloudOff, IconFilterOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./states.module.css";

type Words = { title: string; children?: ReactNode; action?: ReactNode };

/** Nothing is there, and that is well. */
export function EmptyState(words: Words) {
  return <State {...words} icon={IconCircleCheck} testId="empty" />;
}

/** Something may be there, but the filter hides it. */
export function NoMatchState(words: Words) {
  return <State {...words} icon={IconFilterOff} testId="no-match" />;
}

/** We do not know: asking went wrong. */
export function ErrorState(words: Words) {
  return <State {...words} icon={IconCloudOff} testId="error" role="alert" />;
}

type StateProps = Words & { icon: Icon; testId: string; role?: "alert" };

function State({ icon: Glyph, testId, role, title, children, action }: StateProps) {
  return (
    <div className={styles.state} role={role} data-testid={testId}>
      <Glyph size={28} stroke={1.6} aria-hidden />
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.body}>{children}</div>}
      {action}
    </div>
  );
}

/** We are asking. */
export function LoadingState({ label, rows = 4 }: { label: string; rows?: number }) {
  return (
    <div role="status" aria-label={label} data-testid="loading" style={{ display: "grid", gap: 8 }}>
      {Array.from({ length: rows }, (_, row) => `row ${row}`).map((row) => (
        <div key={row} className={styles.skeleton} aria-hidden />
      ))}
    </div>
  );
}
