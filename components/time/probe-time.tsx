"use client";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { useNow } from "#lib/client/clock.ts";

/** When a provider is tried next: `in 4 min`; once that is past, it waits only for a worker. */
export function ProbeTime({ at }: { at: string }) {
  const now = useNow(1_000);
  return Date.parse(at) <= now ? <span suppressHydrationWarning>due now</span> : <RelativeTime at={at} />;
}
