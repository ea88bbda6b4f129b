"use client";
// The main entries: a sidebar where there is room, a bar at the bottom of a phone. One list, placed by CSS.
import { VisuallyHidden } from "@mantine/core";
import {
  IconAdjustmentsHorizontal,
  IconAlertCircle,
  IconBell,
  IconLayoutDashboard,
  IconPlugConnected,
  IconSettings,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Brand } from "#components/shell/brand.tsx";
import { useCaller } from "#components/shell/caller.tsx";
import { alertCountsQuery } from "#lib/client/alerts.ts";
import { count } from "#lib/client/formats.ts";
import { overviewQuery } from "#lib/client/overview.ts";
import type { Overview } from "#lib/contract/overview.ts";
import { may } from "#lib/core/access.ts";
import styles from "./shell.module.css";

const always = [
  { href: "/overview", label: "Overview", icon: IconLayoutDashboard },
  { href: "/providers", label: "Providers", icon: IconPlugConnected },
  { href: "/failures", label: "Failures", icon: IconAlertCircle },
  { href: "/alerts", label: "Alerts", icon: IconBell },
] as const;
const inDemo = [{ href: "/simulator", label: "Simulator", icon: IconAdjustmentsHorizontal }] as const;
const openFailures = ({ technical, client_data, others }: Overview["needHuman"]): number =>
  technical + client_data + others;

const forAdmins = [{ href: "/settings", label: "Settings", icon: IconSettings }] as const;

export function Nav({ demo }: { demo: boolean }) {
  const pathname = usePathname();
  const { data } = useQuery(overviewQuery());
  const alerts = useQuery(alertCountsQuery()).data?.counts.open ?? 0;
  const failures = data === undefined ? 0 : openFailures(data.needHuman);
  const isHere = (href: string) => pathname === href || pathname.startsWith(`${href}/`);
  const { role } = useCaller();
  const entries = [...always, ...(demo ? inDemo : []), ...(may(role, "manage_desk") ? forAdmins : [])];
  return (
    <nav className={styles.side} aria-label="Main">
      <Brand className={styles.brand} />
      <ul className={styles.entries}>
        {entries.map(({ href, label, icon: Glyph }) => (
          <li key={href}>
            <Link
              className={styles.entry}
              href={href}
              prefetch={false}
              aria-current={isHere(href) || (label === "Failures" && isHere("/records")) ? "page" : undefined}
            >
              <Glyph size={18} stroke={1.8} aria-hidden />
              {label}
              {label === "Failures" && failures > 0 && (
                <span className={styles.count} data-testid="failures-count">
                  {count(failures)}
                  <VisuallyHidden> open</VisuallyHidden>
                </span>
              )}
              {label === "Alerts" && alerts > 0 && (
                <span className={styles.count} data-testid="alerts-count">
                  {count(alerts)}
                  <VisuallyHidden> open</VisuallyHidden>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
