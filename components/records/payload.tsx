import { IconEyeOff } from "@tabler/icons-react";
import { CodeBlock } from "#components/records/code-block.tsx";
import styles from "./record.module.css";

export function Payload({ payload, hidden }: { payload: unknown; hidden: boolean }) {
  return (
    <>
      {hidden && (
        <p className={styles.quiet} data-testid="payload-hidden">
          <IconEyeOff size={14} aria-hidden /> Values are hidden: your role may not see personal data.
        </p>
      )}
      {payload === null ? (
        !hidden && <p className={styles.quiet}>It is null.</p>
      ) : (
        <CodeBlock label="Payload as JSON" value={payload} />
      )}
    </>
  );
}
