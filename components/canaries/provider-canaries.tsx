"use client";
// A provider's canaries: each with its strip, what it expects, a run now, a switch, and its history.
import { notifications } from "@mantine/notifications";
import { IconPlayerPlay, IconPower } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { CanaryChip } from "#components/canaries/canary-chip.tsx";
import { CanaryHistory } from "#components/canaries/canary-history.tsx";
import { CanaryStrip } from "#components/canaries/canary-strip.tsx";
import { LastRun } from "#components/canaries/last-run.tsx";
import { useCaller } from "#components/shell/caller.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { canariesQuery, runCanary, switchCanary } from "#lib/client/canaries.ts";
import { duration } from "#lib/client/formats.ts";
import { whyNot } from "#lib/client/permissions.ts";
import { refusalWords } from "#lib/client/refusal.ts";
import type { Canary } from "#lib/contract/canary.ts";
import styles from "./canaries.module.css";

export function ProviderCanaries({ slug, enabled }: { slug: string; enabled: boolean }) {
  const { data } = useQuery(canariesQuery(slug));
  if (data === undefined || data.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="canaries">
      <h2 id="canaries">{data.length === 1 ? "Canary" : "Canaries"}</h2>
      <ul className={styles.list} aria-label="Canaries">
        {data.map((canary) => (
          <li key={canary.slug} className={styles.box} data-testid="canary" data-slug={canary.slug}>
            <div className={styles.head}>
              <h3 className={styles.name}>{canary.slug}</h3>
              <CanaryChip state={canary.state} />
              <Buttons canary={canary} providerEnabled={enabled} />
            </div>
            <CanaryStrip canary={canary} />
            <LastRun canary={canary} />
            <Terms canary={canary} />
            <CanaryHistory canary={canary} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Terms({ canary: { cron, timeZone, limitMs, expect, nextAt } }: { canary: Canary }) {
  return (
    <p className={styles.quiet}>
      A test record by <code>{cron}</code> ({timeZone}), which may take {duration(limitMs)}
      {expectWords(expect)}. It is in none of the other figures.{" "}
      {nextAt !== null && (
        <>
          Next <ClockTime at={nextAt} />.
        </>
      )}
    </p>
  );
}

function expectWords({ status, jsonPath, equals }: Canary["expect"]): string {
  const value = equals === undefined ? "something" : JSON.stringify(equals);
  const parts = [
    status === undefined ? null : `status ${status}`,
    jsonPath === undefined ? null : `${value} at ${jsonPath}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "" : ` and must be answered with ${parts.join(" and ")}`;
}

function Buttons({ canary, providerEnabled }: { canary: Canary; providerEnabled: boolean }) {
  const { role } = useCaller();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const { slug, enabled, runs } = canary;
  const act = async (what: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await what();
    } catch (error) {
      notifications.show({ color: "red", message: refusalWords(error) });
    } finally {
      setBusy(false);
      await client.invalidateQueries({ queryKey: ["canaries"] });
    }
  };
  const underWay = runs.some(({ state }) => state === "running")
    ? "A run is under way: wait for its end."
    : null;
  const switchedOff = providerEnabled ? null : "The provider is switched off: switch it on first.";
  return (
    <div className={styles.buttons}>
      <GuardedButton
        size="xs"
        variant="default"
        about={slug}
        loading={busy}
        whyNot={whyNot(role, "operate") ?? switchedOff ?? underWay}
        leftSection={<IconPlayerPlay size={15} aria-hidden />}
        onClick={() => void act(() => runCanary(slug))}
      >
        Run now
      </GuardedButton>
      <GuardedButton
        size="xs"
        variant="default"
        about={slug}
        whyNot={whyNot(role, "manage_desk")}
        leftSection={<IconPower size={15} aria-hidden />}
        onClick={() => void act(() => switchCanary(canary, !enabled))}
      >
        {enabled ? "Switch off" : "Switch on"}
      </GuardedButton>
    </div>
  );
}
