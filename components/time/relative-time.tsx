"use client";
import { useNow, useZone } from "#lib/client/clock.ts";
import { fullTime, relative } from "#lib/client/formats.ts";

/** `4 s ago`; the whole time on hover. */
export function RelativeTime({ at }: { at: string }) {
  const zone = useZone();
  const now = useNow(1_000);
  return (
    <time dateTime={at} title={fullTime(at, zone)} suppressHydrationWarning>
      {relative(at, now)}
    </time>
  );
}
