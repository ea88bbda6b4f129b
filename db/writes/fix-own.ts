// An end user corrects fields of an own record that its provider's policy opens, and sends it again; nothing else changes.
import type { TransactionSql } from "#db/client.ts";
import { countTry, type Own, onOwnRecord, ownActor } from "#db/writes/own-record.ts";
import { Refused } from "#db/writes/refused.ts";
import { retryRecord } from "#db/writes/retry-record.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import type { RecordAct } from "#lib/contract/record.ts";
import {
  type Corrected,
  openFields,
  type PortalField,
  pathOf,
  portalFields,
} from "#lib/core/portal-fields.ts";

/** What to do with each field: by its JSON Pointer, the new value as the field reads it. */
export type Corrections = ReadonlyMap<string, (field: PortalField) => Corrected>;

/**
 * @throws Refused `not_found`, `conflict` when it does not wait for anyone any more, `rate_limited` after three tries a day,
 * `invalid_input` for a field that may not be corrected, a value that it can't hold, or nothing changed.
 */
export async function fixOwn(sql: AnySql, own: Own, corrections: Corrections): Promise<RecordAct> {
  const tooLate = "It doesn't wait for you any more: it is being sent already, or has been closed.";
  return onOwnRecord(sql, own, tooLate, async (sql) => {
    const payloadText = await correctedPayload(sql, own.id, corrections);
    const done = await retryRecord(
      sql,
      { id: own.id, payloadText, reason: "Corrected by its owner" },
      ownActor(own.owner, ["retry_technical", "retry_client_data", "edit_allowed"]),
    );
    await countTry(sql, own);
    return done;
  });
}

type Open = { payload: string; allowed: string[]; locked: string[] };

async function correctedPayload(sql: TransactionSql, id: string, corrections: Corrections): Promise<string> {
  const [open] = await sql<Open[]>`
    select
      coalesce(
        (select payload from redrive.revisions where record_id = ${id} order by nth desc limit 1), outbox.payload
      )::text as payload,
      coalesce(providers.policy #> '{edit,allowed}', '[]') as allowed,
      coalesce(providers.policy #> '{edit,locked}', '[]') as locked
    from redrive.failures
    join redrive.outbox on outbox.id = failures.record_id
    join redrive.providers on providers.slug = outbox.provider
    where failures.record_id = ${id} and failures.state = 'open' and failures.category = 'client_data'
    -- The same as it is read here is what is sent.
    for update of failures`;
  if (!open) throw new Refused("conflict", "it does not wait for its data");
  const fields = portalFields(JSON.parse(open.payload), openFields(open.allowed, open.locked), null);
  const wrong: { field: string; message: string }[] = [];
  let payload = open.payload;
  for (const [pointer, correct] of corrections) {
    const field = fields.find((one) => one.pointer === pointer);
    const corrected: Corrected = field ? correct(field) : { wrong: "may not be corrected" };
    if ("wrong" in corrected) wrong.push({ field: `fields.${pointer}`, message: corrected.wrong });
    else if ("json" in corrected) payload = await withValue(sql, payload, pointer, corrected.json);
  }
  if (wrong.length > 0) throw refusedFields(wrong);
  const [same] = await sql<{ same: boolean }[]>`
    select ${payload}::text::jsonb = ${open.payload}::text::jsonb as same`;
  if (same?.same) throw refusedFields([{ field: "fields", message: "change something first" }]);
  return payload;
}

/** By the database, which keeps every digit of every number. */
async function withValue(
  sql: TransactionSql,
  payload: string,
  pointer: string,
  json: string,
): Promise<string> {
  const [changed] = await sql<{ payload: string }[]>`
    select jsonb_set(${payload}::text::jsonb, ${pathOf(pointer) ?? []}::text[], ${json}::text::jsonb, false)::text as payload`;
  return changed?.payload ?? payload;
}

const refusedFields = (errors: { field: string; message: string }[]): Refused =>
  new Refused("invalid_input", errors.map(({ field, message }) => `${field}: ${message}.`).join(" "), {
    errors,
  });
