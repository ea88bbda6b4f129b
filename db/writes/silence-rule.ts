// An alert rule makes no message until a time: neither for what it has found nor for what it finds meanwhile.
import { noteRuleAct, refuseUntil, silencedAlready } from "#db/writes/alert-acts.ts";
import { readRule } from "#db/writes/alert-rule-row.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { AlertRule, Silence } from "#lib/contract/alert.ts";

type Target = { slug: string };

/** @throws Refused when there is no such rule, it is silenced already, or the end is not in the next 30 days. */
export async function silenceRule(
  sql: AnySql,
  { slug, until, reason }: Target & Silence,
  { actor }: Pick<Actor, "actor">,
): Promise<AlertRule> {
  refuseUntil({ until, reason });
  return inTransaction(sql, async (sql) => {
    const { count } = await sql`
      update redrive.alert_rules
      set silenced_until = ${until}, silenced_by = ${actor}, silence_reason = ${reason}
      where slug = ${slug} and coalesce(silenced_until <= clock_timestamp(), true)`;
    const rule = await readRule(sql, slug);
    if (count === 0) throw silencedAlready("rule", rule);
    // Its open alerts with it; one that somebody has silenced for longer stays so.
    await sql`
      update redrive.alerts
      set silenced_until = ${until}, silenced_by = ${actor}, silence_reason = ${reason}, changed_at = clock_timestamp()
      where rule = ${slug} and state <> 'resolved' and coalesce(silenced_until < ${until}, true)`;
    await noteRuleAct(sql, slug, { actor, action: "alert_rule.silenced", reason, detail: { until } });
    return rule;
  });
}

/** @throws Refused when there is no such rule, or it is not silenced. */
export async function unsilenceRule(
  sql: AnySql,
  { slug }: Target,
  { actor }: Pick<Actor, "actor">,
): Promise<AlertRule> {
  return inTransaction(sql, async (sql) => {
    const before = await readRule(sql, slug);
    const { count } = await sql`
      update redrive.alert_rules
      set silenced_until = null, silenced_by = null, silence_reason = null
      where slug = ${slug} and silenced_until > clock_timestamp()`;
    if (count === 0) throw new Refused("conflict", "This rule is not silenced.");
    // Those that were silenced with it; what somebody silenced alone stays silent.
    await sql`
      update redrive.alerts
      set silenced_until = null, silenced_by = null, silence_reason = null, changed_at = clock_timestamp()
      where rule = ${slug} and state <> 'resolved' and silenced_until = ${before.silencedUntil}
        and silenced_by = ${before.silencedBy}`;
    await noteRuleAct(sql, slug, { actor, action: "alert_rule.unsilenced" });
    return readRule(sql, slug);
  });
}
