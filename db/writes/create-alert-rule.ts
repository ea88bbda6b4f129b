// A new alert rule; it is looked at from the next evaluation on.
import { noteRuleAct } from "#db/writes/alert-acts.ts";
import { checkedParams, readRule } from "#db/writes/alert-rule-row.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { AlertRule, CreateAlertRule } from "#lib/contract/alert.ts";

/** @throws Refused when there is one of this name, or something in it is wrong. */
export async function createAlertRule(
  sql: AnySql,
  { slug, name = slug, kind, severity, provider, params, forMs, enabled }: CreateAlertRule,
  { actor }: Pick<Actor, "actor">,
): Promise<AlertRule> {
  return inTransaction(sql, async (sql) => {
    const checked = await checkedParams(sql, { kind, provider, params });
    const { count } = await sql`
      insert into redrive.alert_rules (slug, name, kind, severity, provider, params, for_ms, enabled, updated_by)
      values (
        ${slug}, ${name}, ${kind}, ${severity}, ${provider}, ${JSON.stringify(checked)}::text::jsonb, ${forMs}, ${enabled},
        ${actor}
      )
      on conflict do nothing`;
    if (count === 0) throw new Refused("conflict", `There is an alert rule "${slug}" already.`);
    const rule = await readRule(sql, slug);
    await noteRuleAct(sql, slug, { actor, action: "alert_rule.created", detail: { after: rule } });
    return rule;
  });
}
