import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./shell.module.css";

/** A page's title, and what stands beside it. */
export function PageHeader({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.pageHeader}>
      <Title order={1}>{title}</Title>
      {children}
    </div>
  );
}
