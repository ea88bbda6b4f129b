"use client";
// How a setting stands now: beside the policy that asks for it.
import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { toneClass } from "#components/states/chip.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { useNow, useZone } from "#lib/client/clock.ts";
import { clockIn, number } from "#lib/client/formats.ts";
import type { ProviderHealth, ProviderState } from "#lib/contract/provider.ts";
import styles from "./summary.module.css";

export function HealthState({ health }: { health: ProviderHealth | null }) {
  if (health === null)
    return <span className={styles.now}>Not asked yet: it is asked when no delivery is answered.</span>;
  const { green, lying, detail, checkedAt } = health;
  const [tone, Glyph, word] = green
    ? (["green", IconCheck, "Well"] as const)
    : lying
      ? (["amber", IconAlertTriangle, "Ill, but not believed: deliveries succeed"] as const)
      : (["red", IconX, "Ill"] as const);
  return (
    <span className={`${styles.now} ${toneClass(tone)}`} data-testid="health">
      <Glyph size={14} aria-hidden />
      <span>
        {word}: {detail}, <RelativeTime at={checkedAt} />
      </span>
    </span>
  );
}

type QuotaProps = { quota: NonNullable<ProviderState["quota"]>; zone: string };

export function QuotaState({ quota: { perDay, used, resetsAt }, zone }: QuotaProps) {
  const reader = useZone();
  const nowMs = useNow(60_000);
  const share = Math.min(100, Math.round((used / perDay) * 100));
  return (
    <span className={styles.quota} data-testid="quota">
      <span className={styles.meter} aria-hidden>
        <span style={{ width: `${share}%` }} />
      </span>
      <span suppressHydrationWarning>
        Today {number(used)} of {number(perDay)} are sent; the next day begins at{" "}
        {clockIn(resetsAt, { zone, reader, nowMs })}.
      </span>
    </span>
  );
}
