// An alert rule's row, and what must be true of it before it is stored.
import type { TransactionSql } from "#db/client.ts";
import { Refused } from "#db/writes/refused.ts";
import { type AlertRule, parseAlertParams, providerError } from "#lib/contract/alert.ts";
import type { AlertKind } from "#lib/core/desk.ts";

/** @throws Refused when there is none. */
export async function readRule(sql: TransactionSql, slug: string): Promise<AlertRule> {
  const [rule] = await sql<AlertRule[]>`
    select
      slug, name, kind, severity, provider, params, for_ms, enabled, silenced_until, silenced_by, silence_reason, version,
      updated_at, updated_by
    from redrive.alert_rules
    where slug = ${slug}
    for update`;
  if (!rule) throw noRule(slug);
  return rule;
}

export const noRule = (slug: string): Refused =>
  new Refused("not_found", `There is no alert rule "${slug}".`);

/** The parameters with their defaults. @throws Refused naming each field that is wrong. */
export async function checkedParams(
  sql: TransactionSql,
  { kind, provider, params }: { kind: AlertKind; provider: string | null; params: unknown },
): Promise<Record<string, unknown>> {
  const parsed = parseAlertParams(kind, params);
  const errors = [
    ...("errors" in parsed ? parsed.errors : []),
    ...providerError(kind, provider),
    ...(await unknownProvider(sql, provider)),
  ];
  if ("params" in parsed && errors.length === 0) return { ...parsed.params };
  throw new Refused("invalid_input", errors.map(({ field, message }) => `${field}: ${message}.`).join(" "), {
    errors,
  });
}

async function unknownProvider(sql: TransactionSql, provider: string | null) {
  if (provider === null) return [];
  const [known] = await sql`select from redrive.providers where slug = ${provider}`;
  return known ? [] : [{ field: "provider", message: `there is no provider "${provider}"` }];
}
