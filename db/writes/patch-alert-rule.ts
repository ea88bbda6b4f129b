// Changes an alert rule, one version at a time; its kind stays.
import { noteRuleAct } from "#db/writes/alert-acts.ts";
import { checkedParams, readRule } from "#db/writes/alert-rule-row.ts";
import type { Actor } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { wrongVersion } from "#db/writes/wrong-version.ts";
import type { AlertRule, PatchAlertRule } from "#lib/contract/alert.ts";

type Change = { slug: string; patch: PatchAlertRule; ifVersion: number | null };

/** @throws Refused when there is no such rule, its version is another, or something in the whole is wrong. */
export async function patchAlertRule(
  sql: AnySql,
  { slug, patch, ifVersion }: Change,
  { actor }: Pick<Actor, "actor">,
): Promise<AlertRule> {
  return inTransaction(sql, async (sql) => {
    const before = await readRule(sql, slug);
    if (ifVersion !== null && ifVersion !== before.version) throw wrongVersion("rule", before);
    const { name, severity, provider, forMs, enabled } = { ...before, ...patch };
    const params = await checkedParams(sql, {
      kind: before.kind,
      provider,
      params: { ...before.params, ...patch.params },
    });
    await sql`
      update redrive.alert_rules
      set
        name = ${name}, severity = ${severity}, provider = ${provider}, params = ${JSON.stringify(params)}::text::jsonb,
        for_ms = ${forMs}, enabled = ${enabled}, version = version + 1, updated_at = clock_timestamp(), updated_by = ${actor}
      where slug = ${slug}`;
    const after = await readRule(sql, slug);
    await noteRuleAct(sql, slug, { actor, action: "alert_rule.changed", detail: { before, after } });
    return after;
  });
}
