// Shows a record's payload, every digit kept, to somebody who is about to correct it. From whom values are hidden, they are
// shown for a reason, which the audit keeps.
import { audit } from "#db/writes/audit.ts";
import { type Actor, Denied, Refused } from "#db/writes/refused.ts";
import { type AnySql, inTransaction } from "#db/writes/transaction.ts";
import type { ShownPayload } from "#lib/contract/payload.ts";
import { isOwnMessage } from "#lib/core/desk.ts";

type ShowPayload = { id: string; reason?: string };

/** @throws Refused when there is no such record, it is a message of our own, or the reason is missing. */
export async function showPayload(
  sql: AnySql,
  { id, reason }: ShowPayload,
  by: Actor,
): Promise<ShownPayload> {
  return inTransaction(sql, async (sql) => {
    if (!by.may("see_payload") && !by.may("edit") && !by.may("edit_allowed"))
      throw new Denied("edit_allowed");
    const [record] = await sql<(ShownPayload & { type: string | null })[]>`
      select
        coalesce(newest.payload, outbox.payload)::text as payload, coalesce(newest.nth, 0)::int as revision,
        outbox.type,
        jsonb_build_object('allowed', '[]'::jsonb, 'locked', '[]'::jsonb)
          || coalesce(providers.policy -> 'edit', '{}') as edit
      from redrive.outbox
      join redrive.providers on providers.slug = outbox.provider
      left join lateral (
        select nth, payload from redrive.revisions where record_id = outbox.id order by nth desc limit 1
      ) as newest on true
      where outbox.id = ${id}`;
    if (!record) throw new Refused("not_found", `There is no record ${id}.`);
    if (isOwnMessage(record.type))
      // It may hold a link that is good once, and belongs to whom it was sent.
      throw new Refused(
        "invalid_input",
        "A message of Redrive's own is not corrected: retry it, or reject it.",
      );
    if (!by.may("see_payload")) {
      if (!reason) throw noReason();
      await audit(sql, {
        actor: by.actor,
        action: "record.unmasked",
        subjectKind: "record",
        subjectId: id,
        reason,
        detail: { revision: record.revision },
      });
    }
    return record;
  });
}

function noReason(): Refused {
  const message = "must say why: values are hidden from you, and seeing them is kept with your name";
  return new Refused("invalid_input", `reason: ${message}.`, { errors: [{ field: "reason", message }] });
}
