"use client";
import { Menu } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./shell.module.css";

type Props = { icon: ReactNode; whyNot: string | null; onClick: () => void; children: ReactNode };

/** A menu's item; one that may not be pressed can still be reached, and says why. */
export function GuardedItem({ icon, whyNot, onClick, children }: Props) {
  return (
    <Menu.Item
      leftSection={icon}
      closeMenuOnClick={whyNot === null}
      aria-disabled={whyNot !== null || undefined}
      c={whyNot === null ? undefined : "var(--ink-2)"}
      onClick={whyNot === null ? onClick : undefined}
    >
      {children}
      {whyNot !== null && <span className={styles.why}>{whyNot}</span>}
    </Menu.Item>
  );
}
