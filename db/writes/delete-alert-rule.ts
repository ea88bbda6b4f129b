// An alert rule that nobody needs any more. Its open alerts are resolved: nobody looks whether they hold.
import { noteRuleAct } from "#db/writes/alert-acts.ts";
import { readRule } from "#db/writes/alert-rule-row.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { wrongVersion } from "#db/writes/wrong-version.ts";
import type { AlertRule } from "#lib/contract/alert.ts";

/** @throws Refused when there is none, or its version is another. */
export async function deleteAlertRule(
  sql: AnySql,
  { slug, ifVersion = null }: { slug: string; ifVersion?: number | null },
  { actor }: Pick<Actor, "actor">,
): Promise<AlertRule> {
  return inTransaction(sql, async (sql) => {
    const rule = await readRule(sql, slug);
    if (ifVersion !== null && ifVersion !== rule.version) throw wrongVersion("rule", rule);
    await sql`delete from redrive.alert_rules where slug = ${slug}`;
    await sql`
      update redrive.alerts
      set state = 'resolved', resolved_at = clock_timestamp(), changed_at = clock_timestamp()
      where rule = ${slug} and state <> 'resolved'`;
    await noteRuleAct(sql, slug, { actor, action: "alert_rule.deleted", detail: { before: rule } });
    return rule;
  });
}
