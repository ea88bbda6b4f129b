// Takes a provider's lease, if nobody else holds it: from now on nobody but `owner` sends to it.
import type { Sql } from "#db/client.ts";

/** Two missed renewals and a slow flush still leave a margin; a dead owner's providers move within it. */
export const leaseMs = 15_000;

export type Lease = {
  provider: string;
  owner: string;
  epoch: number;
  /** The database's clock when the lease was taken, ms since 1970. */
  takenAtMs: number;
  /** As it is stored: it may lack settings that came later. */
  policy: unknown;
  version: number;
  sealedAuth: string | null;
  /** The provider's rows in the flags table: name → value. */
  flags: Record<string, unknown> | null;
  /** The control state as the last owner left it. */
  control: unknown;
  /** What the gate remembers. */
  gate: unknown;
  /** What the last owner may have had on its way; empty when it let go by itself. */
  interrupted: string[];
  /** Until when those may still be running, as text with microseconds. */
  interruptedUntil: string | null;
  phantoms: number;
  phantomsUntilMs: number | null;
  paused: boolean;
  probeRequestedBy: string | null;
};

export async function takeLease(sql: Sql, provider: string, owner: string): Promise<Lease | null> {
  const [lease] = await sql<Lease[]>`
    update redrive.provider_state as state
    set
      owner = ${owner},
      epoch = epoch + 1,
      lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from redrive.providers
    where state.provider = ${provider}
      and providers.slug = state.provider
      and (state.lease_until is null or state.lease_until < clock_timestamp())
    returning
      state.provider,
      state.owner,
      state.epoch,
      extract(epoch from clock_timestamp())::float8 * 1000 as taken_at_ms,
      providers.policy,
      providers.version,
      providers.sealed_auth,
      (select jsonb_object_agg(name, value) from redrive.flags where flags.provider = state.provider) as flags,
      state.control,
      state.gate,
      state.in_flight as interrupted,
      state.in_flight_until as interrupted_until,
      state.phantoms,
      extract(epoch from state.phantoms_until)::float8 * 1000 as phantoms_until_ms,
      state.paused_at is not null or state.disabled as paused,
      state.probe_requested_by`;
  return lease ?? null;
}
