// A new canary; its first run is the next time that is due.
import { audit } from "#db/writes/audit.ts";
import { hint } from "#db/writes/hint.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { CreateCanary } from "#lib/contract/canary.ts";

/** A canary goes each minute for years: large content proves no more. */
const payloadMost = 65_536;

export type CanaryChange = { slug: string; version: number };

/** @throws Refused when the slug is taken, there is no such provider, or the payload is too large. */
export async function createCanary(
  sql: AnySql,
  canary: Omit<CreateCanary, "payload"> & { payloadText: string },
  { actor }: Pick<Actor, "actor">,
): Promise<CanaryChange> {
  const { slug, provider, cron, timeZone, payloadText, expect, limitMs, enabled } = canary;
  return inTransaction(sql, async (sql) => {
    const [known] = await sql`select from redrive.providers where slug = ${provider}`;
    if (!known) {
      const message = `there is no provider "${provider}"; mend its name`;
      throw new Refused("invalid_input", `provider: ${message}.`, {
        errors: [{ field: "provider", message }],
      });
    }
    await refuseLargePayload(sql, payloadText);
    const [made] = await sql<CanaryChange[]>`
      insert into redrive.canaries
        (slug, provider, cron, time_zone, payload, expect, limit_ms, enabled, updated_at, updated_by)
      values (
        ${slug}, ${provider}, ${cron}, ${timeZone}, ${payloadText}::text::jsonb, ${JSON.stringify(expect)}::text::jsonb,
        ${limitMs}, ${enabled}, clock_timestamp(), ${actor}
      )
      on conflict (slug) do nothing
      returning slug, version`;
    if (!made) throw new Refused("conflict", `A canary "${slug}" exists already; choose another slug.`);
    await audit(sql, {
      actor,
      action: "canary.created",
      subjectKind: "canary",
      subjectId: slug,
      detail: { provider, cron, timeZone, expect, limitMs, enabled },
    });
    await hint(sql, { topic: "provider", provider });
    return made;
  });
}

/** Measured as it is stored: a number with an exponent may become much longer there. */
export async function refuseLargePayload(sql: AnySql, payloadText: string): Promise<void> {
  const [size] = await sql<
    { bytes: number }[]
  >`select octet_length(${payloadText}::text::jsonb::text) as bytes`;
  if ((size?.bytes ?? 0) <= payloadMost) return;
  const message = `has ${size?.bytes} bytes; it may have ${payloadMost}`;
  throw new Refused("invalid_input", `payload: ${message}.`, { errors: [{ field: "payload", message }] });
}
