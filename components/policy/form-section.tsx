import { type ReactNode, useId } from "react";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import styles from "./policy.module.css";

/** What each section of the form is given. */
export type SectionProps = {
  draft: ProviderPolicy;
  change: (part: Partial<ProviderPolicy>) => void;
};

type Props = { title: string; about?: string; children: ReactNode };

export function FormSection({ title, about, children }: Props) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div>
        <h2 id={id}>{title}</h2>
        {about && <p className={styles.quiet}>{about}</p>}
      </div>
      {children}
    </section>
  );
}

/** Inputs side by side where there is room. */
export function Fields({ children, legend }: { children: ReactNode; legend?: string }) {
  if (legend === undefined) return <div className={styles.fields}>{children}</div>;
  return (
    <fieldset className={styles.group}>
      <legend>{legend}</legend>
      <div className={styles.fields}>{children}</div>
    </fieldset>
  );
}
