// What a person's acts on a provider share: how it stands, who was first, and the rows each act leaves behind.
import type { TransactionSql } from "#db/client.ts";
import { audit } from "#db/writes/audit.ts";
import { hint } from "#db/writes/hint.ts";
import { Refused } from "#db/writes/refused.ts";
import type { ProviderAct } from "#lib/contract/provider.ts";

export type ProviderActAction = "provider.paused" | "provider.resumed" | "provider.probe_requested";

/** How a provider stands after an act. */
export async function actedProvider(sql: TransactionSql, slug: string): Promise<ProviderAct> {
  const [state] = await sql<ProviderAct[]>`
    select
      provider as slug, breaker, redrive.hold_of(state.*) as hold, redrive.hold_until_of(state.*) as hold_until,
      paused_by, pause_reason, probe_requested_by
    from redrive.provider_state as state
    where provider = ${slug}`;
  if (!state) throw noProvider(slug);
  return state;
}

export const noProvider = (slug: string): Refused =>
  new Refused("not_found", `There is no provider "${slug}".`);

/** Who last did this to a provider. */
export async function lastProviderAct(
  sql: TransactionSql,
  slug: string,
  action: ProviderActAction,
): Promise<{ by: string; at: string } | null> {
  const [act] = await sql<{ by: string; at: string }[]>`
    select actor as by, at from redrive.audit
    where subject_kind = 'provider' and subject_id = ${slug} and action = ${action}
    order by at desc
    limit 1`;
  return act ?? null;
}

type Act = {
  slug: string;
  action: ProviderActAction;
  actor: string;
  reason?: string | null;
  detail?: Record<string, unknown>;
};

export async function noteProviderAct(sql: TransactionSql, { slug, ...act }: Act): Promise<void> {
  await audit(sql, { ...act, subjectKind: "provider", subjectId: slug });
  await hint(sql, { topic: "provider", provider: slug });
}
