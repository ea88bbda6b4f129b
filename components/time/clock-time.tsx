"use client";
import { useNow, useZone } from "#lib/client/clock.ts";
import { clock, fullTime } from "#lib/client/formats.ts";

/** `14:02`, or `20 Nov 14:02` when that is not today; the whole time on hover. */
export function ClockTime({ at, seconds = false }: { at: string; seconds?: boolean }) {
  const zone = useZone();
  const now = useNow(60_000);
  return (
    <time dateTime={at} title={fullTime(at, zone)} suppressHydrationWarning>
      {clock(at, zone, now, { seconds })}
    </time>
  );
}
