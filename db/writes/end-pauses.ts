// Pauses whose end has come are over, for every worker and page alike.
import type { Sql } from "#db/client.ts";

/** @returns the providers that may send again. */
export async function endPauses(sql: Sql): Promise<string[]> {
  const rows = await sql<{ provider: string }[]>`
    with ended as (
      update redrive.provider_state
      set paused_at = null, paused_until = null, paused_by = null, pause_reason = null
      where paused_until <= now()
      returning provider
    ), noted as (
      insert into redrive.audit (actor, action, subject_kind, subject_id, reason)
      select 'Redrive', 'provider.pause_ended', 'provider', provider, 'the pause was set to end now' from ended
    )
    select provider from ended`;
  return rows.map(({ provider }) => provider);
}
