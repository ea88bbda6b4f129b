"use client";
import { useNow, useZone } from "#lib/client/clock.ts";
import { headline } from "#lib/client/headline.ts";
import type { BatchChange, ProviderWithState } from "#lib/contract/provider.ts";
import styles from "./providers.module.css";

/** What it is doing now, and why, in words. */
export function Headline({ provider, change }: { provider: ProviderWithState; change: BatchChange | null }) {
  const zone = useZone();
  const nowMs = useNow(1_000);
  return (
    <p className={styles.headline} data-testid="headline" suppressHydrationWarning>
      {headline({ provider, change, zone, nowMs })}
    </p>
  );
}
