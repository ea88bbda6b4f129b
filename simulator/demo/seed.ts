// Puts the demo's providers into the database, once. What people change in them stays.
import type { Sql } from "#db/client.ts";
import { demoProviders, policyAt } from "#simulator/demo/providers.ts";

/**
 * Inserts the providers that are missing. One that is there is touched only when it points to a simulator on another
 * port: then its addresses, and nothing else, follow.
 */
export async function seedDemo(sql: Sql, simulatorUrl: string): Promise<void> {
  const rows = demoProviders.map((demo) => ({ slug: demo.slug, policy: policyAt(simulatorUrl, demo) }));
  await sql`
    insert into redrive.providers as known (slug, policy, updated_by)
    select demo.slug, demo.policy, 'demo'
    from jsonb_to_recordset(${sql.json(rows)}) as demo(slug text, policy jsonb)
    on conflict (slug) do update
    set
      -- The health check's address moves along with the delivery's.
      policy = replace(
        known.policy::text,
        substring(known.policy ->> 'url' from '^http://[^/]+/p/'),
        substring(excluded.policy ->> 'url' from '^http://[^/]+/p/')
      )::jsonb,
      version = known.version + 1,
      updated_at = now(),
      updated_by = 'demo'
    -- A person may have pointed the provider elsewhere; only a simulator's address on this machine is ours.
    where known.policy ->> 'url' ~ ('^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?/p/' || known.slug || '(/|$)')
      and substring(known.policy ->> 'url' from '^http://[^/]+/p/')
        is distinct from substring(excluded.policy ->> 'url' from '^http://[^/]+/p/')
  `;
}
