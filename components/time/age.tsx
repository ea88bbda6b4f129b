"use client";
import { useNow, useZone } from "#lib/client/clock.ts";
import { fullTime, rough } from "#lib/client/formats.ts";

/** How long something has been waiting: `4 min`; `–` when nothing does. */
export function Age({ since }: { since: string | null }) {
  const zone = useZone();
  const now = useNow(1_000);
  if (since === null) return <span>–</span>;
  return (
    <time dateTime={since} title={fullTime(since, zone)} suppressHydrationWarning>
      {rough(Math.max(0, now - Date.parse(since)))}
    </time>
  );
}
