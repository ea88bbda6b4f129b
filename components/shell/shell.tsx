"use client";
// The frame around every page: skip link, navigation, header, what is wrong now, and the page.
import type { ReactNode } from "react";
import { Brand } from "#components/shell/brand.tsx";
import { type Caller, CallerProvider } from "#components/shell/caller.tsx";
import { LiveProvider } from "#components/shell/live.tsx";
import { LiveIndicator } from "#components/shell/live-indicator.tsx";
import { Nav } from "#components/shell/nav.tsx";
import { ProblemsBanner } from "#components/shell/problems-banner.tsx";
import { SchemeToggle } from "#components/shell/scheme-toggle.tsx";
import { UserMenu } from "#components/shell/user-menu.tsx";
import styles from "./shell.module.css";

type Props = { caller: Caller; demo: boolean; environment: string; children: ReactNode };

export function Shell({ caller, demo, environment, children }: Props) {
  return (
    <CallerProvider caller={caller}>
      <LiveProvider>
        <a className={styles.skip} href="#content">
          Skip to content
        </a>
        <div className={styles.shell}>
          <header className={styles.header}>
            <Brand className={`${styles.brand} ${styles.headerBrand}`} />
            <span className={styles.badge} data-testid="environment">
              {environment}
            </span>
            <span className={styles.space} />
            <LiveIndicator />
            <SchemeToggle />
            <UserMenu />
          </header>
          <Nav demo={demo} />
          <main className={styles.main} id="content" tabIndex={-1}>
            <ProblemsBanner />
            {children}
          </main>
        </div>
      </LiveProvider>
    </CallerProvider>
  );
}
