// The alert rules, as they are stored.
import type { Db } from "#db/client.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import { alertRules } from "#db/schema-desk.ts";
import type { AlertRule } from "#lib/contract/alert.ts";

export async function readAlertRules(db: Db): Promise<AlertRule[]> {
  const rows = await db.select().from(alertRules).orderBy(alertRules.name, alertRules.slug);
  return rows.map((row) => ({
    ...row,
    silencedUntil: isoOrNull(row.silencedUntil),
    updatedAt: iso(row.updatedAt),
  }));
}
