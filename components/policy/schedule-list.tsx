"use client";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { RunDialog } from "#components/policy/run-dialog.tsx";
import { useCaller } from "#components/shell/caller.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { whyNot } from "#lib/client/permissions.ts";
import type { ProviderWithState } from "#lib/contract/provider.ts";
import styles from "./summary.module.css";

/** Its schedules: what each runs, when it ran, when it runs next, and a run now. */
export function ScheduleList({ provider }: { provider: ProviderWithState }) {
  const { role } = useCaller();
  const [running, setRunning] = useState<string | null>(null);
  const { slug, schedules, state, flags } = provider;
  const denied =
    whyNot(role, "operate") ?? (flags.enabled ? null : "The provider is switched off: switch it on first.");
  return (
    <ul className={styles.schedules}>
      {schedules.map(({ name, cron, run }) => {
        const times = state.schedules.find((schedule) => schedule.name === name);
        return (
          <li key={name}>
            <span>
              <b>{name}</b> runs {run}
              <span className={styles.block}>
                <code className={styles.code}>{cron}</code>
              </span>
            </span>
            <span className={styles.quiet}>
              Next {times?.nextAt ? <ClockTime at={times.nextAt} /> : "never"} · last{" "}
              {times?.lastAt ? <ClockTime at={times.lastAt} /> : "never"}
            </span>
            <GuardedButton
              size="xs"
              variant="default"
              whyNot={denied}
              about={name}
              leftSection={<IconPlayerPlay size={15} aria-hidden />}
              onClick={() => setRunning(name)}
            >
              Run now…
            </GuardedButton>
          </li>
        );
      })}
      <RunDialog slug={slug} schedule={running} onClose={() => setRunning(null)} />
    </ul>
  );
}
