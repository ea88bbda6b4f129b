// Changes a canary, one version at a time. What was due before the change counts no more.
import { audit } from "#db/writes/audit.ts";
import { type CanaryChange, refuseLargePayload } from "#db/writes/create-canary.ts";
import { hint } from "#db/writes/hint.ts";
import { type Actor, Refused } from "#db/writes/refused.ts";
import { noCanary } from "#db/writes/start-canary.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import { wrongVersion } from "#db/writes/wrong-version.ts";
import type { PatchCanary } from "#lib/contract/canary.ts";
import type { Expectation } from "#lib/core/canary.ts";
import { cronProblem } from "#lib/core/cron.ts";

type Change = {
  slug: string;
  patch: Omit<PatchCanary, "payload">;
  /** Null: the payload stays. */
  payloadText: string | null;
  ifVersion: number | null;
};

type Row = {
  provider: string;
  cron: string;
  timeZone: string;
  expect: Expectation;
  limitMs: number;
  enabled: boolean;
  version: number;
  updatedAt: string;
  updatedBy: string;
};

/** @throws Refused when there is no such canary, its version is another, or cron and zone do not fit each other. */
export async function patchCanary(
  sql: AnySql,
  { slug, patch, payloadText, ifVersion }: Change,
  { actor }: Pick<Actor, "actor">,
): Promise<CanaryChange> {
  return inTransaction(sql, async (sql) => {
    const [row] = await sql<Row[]>`
      select provider, cron, time_zone, expect, limit_ms, enabled, version, updated_at, updated_by
      from redrive.canaries
      where slug = ${slug}
      for update`;
    if (!row) throw noCanary(slug);
    if (ifVersion !== null && ifVersion !== row.version) throw wrongVersion("canary", row);
    const { cron, timeZone, expect, limitMs, enabled } = row;
    const before = { cron, timeZone, expect, limitMs, enabled };
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const after: typeof before = { ...before, ...given };
    const problem = cronProblem(after.cron, after.timeZone);
    if (problem !== null) {
      throw new Refused("invalid_input", `cron: ${problem}.`, {
        errors: [{ field: "cron", message: problem }],
      });
    }
    if (payloadText !== null) await refuseLargePayload(sql, payloadText);
    if (payloadText === null && JSON.stringify(before) === JSON.stringify(after)) {
      return { slug, version: row.version };
    }
    const [saved] = await sql<CanaryChange[]>`
      update redrive.canaries
      set cron = ${after.cron}, time_zone = ${after.timeZone}, expect = ${JSON.stringify(after.expect)}::text::jsonb,
        limit_ms = ${after.limitMs}, enabled = ${after.enabled},
        payload = coalesce(${payloadText}::text::jsonb, payload),
        version = version + 1, updated_at = clock_timestamp(), updated_by = ${actor}
      where slug = ${slug}
      returning slug, version`;
    if (!saved) throw noCanary(slug);
    await audit(sql, {
      actor,
      action: "canary.changed",
      subjectKind: "canary",
      subjectId: slug,
      detail: { before, after, payload: payloadText === null ? "as it was" : "changed" },
    });
    await hint(sql, { topic: "provider", provider: row.provider });
    return saved;
  });
}
