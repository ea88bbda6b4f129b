"use client";
// The settings' pages: one title, the way from one to the other, and who may not says so in words.
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { useCaller } from "#components/shell/caller.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { whyNot } from "#lib/client/permissions.ts";
import type { Permission } from "#lib/core/access.ts";
import styles from "./settings.module.css";

const pages = [
  { href: "/settings/teams", label: "Teams" },
  { href: "/settings/channels", label: "Channels" },
  { href: "/settings/people", label: "People" },
  { href: "/settings/keys", label: "API keys" },
  { href: "/settings/inbound", label: "Webhooks in" },
] as const;

type Props = {
  /** What it takes to look at this page. */
  may?: Permission;
  children: ReactNode;
};

export function SettingsFrame({ may = "manage_desk", children }: Props) {
  const { role } = useCaller();
  const pathname = usePathname();
  const denied = whyNot(role, may);
  return (
    <>
      <PageHeader title="Settings" />
      <nav className={styles.pages} aria-label="Settings">
        {pages.map(({ href, label }) => (
          <Link key={href} href={href} prefetch={false} aria-current={pathname === href ? "page" : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      {denied === null ? children : <p>{denied}</p>}
    </>
  );
}
