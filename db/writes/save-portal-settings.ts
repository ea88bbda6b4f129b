// Sets how end users' pages look and who may frame them.
import { audit } from "#db/writes/audit.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { PortalSettings } from "#lib/contract/portal.ts";

export async function savePortalSettings(sql: AnySql, settings: PortalSettings, by: Actor): Promise<void> {
  await inTransaction(sql, async (sql) => {
    await sql`
      insert into redrive.settings (key, value) values ('portal', ${JSON.stringify(settings)}::text::jsonb)
      on conflict (key) do update set value = excluded.value, updated_at = clock_timestamp()`;
    await audit(sql, {
      actor: by.actor,
      action: "portal.settings",
      subjectKind: "settings",
      subjectId: "portal",
      detail: { ...settings },
    });
  });
}
