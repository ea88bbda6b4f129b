import Link from "next/link";
import type { ReactNode } from "react";
import styles from "./states.module.css";

type Props = {
  title: string;
  children: ReactNode;
  action?: ReactNode;
  /** Whether the page has no other main landmark. */
  main?: boolean;
};

/** A page that says why there is none, and where to go. */
export function MessagePage({ title, children, action, main = false }: Props) {
  const Box = main ? "main" : "div";
  return (
    <Box className={styles.page}>
      <h1>{title}</h1>
      <p className={styles.body}>{children}</p>
      <p className={styles.links}>
        {action}
        <Link href="/overview" prefetch={false}>
          Overview
        </Link>
        <Link href="/failures" prefetch={false}>
          Failures
        </Link>
        <Link href="/providers" prefetch={false}>
          Providers
        </Link>
      </p>
    </Box>
  );
}
