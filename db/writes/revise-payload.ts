// Keeps a payload that a person corrected, as the record's next revision, if they may change what they changed. The outbox
// keeps the original, and the timeline what differs.
import type { TransactionSql } from "#db/client.ts";
import { type Actor, Denied, Refused } from "#db/writes/refused.ts";
import { depthMax, depthOf, type Exact, exactText, parseExact } from "#lib/core/exact-json.ts";
import {
  type Change,
  changesBetween,
  type EditPolicy,
  forbiddenChanges,
  lockedChanges,
} from "#lib/core/payload-edit.ts";
import { unstorable } from "#lib/core/storable.ts";

const bytesMax = 1_048_576;
/** What the timeline keeps of a change: so many places, and so many characters of each value. */
const placesKept = 100;
const charactersKept = 1_000;

type Revise = { id: string; payloadText: string; reason: string | undefined };

/**
 * @param payloadText JSON.
 * @returns the new revision's number; the present one's when nothing differs.
 * @throws Refused when it is too large, changes what is locked or not allowed, or holds what can't be kept.
 */
export async function revisePayload(
  sql: TransactionSql,
  { id, payloadText, reason }: Revise,
  by: Actor,
): Promise<number> {
  if (!by.may("edit") && !by.may("edit_allowed")) throw new Denied("edit_allowed");
  const now = readable(payloadText);
  const [record] = await sql<{ nth: number; payload: string; edit: EditPolicy | null }[]>`
    select
      coalesce(newest.nth, 0)::int as nth, coalesce(newest.payload, outbox.payload)::text as payload,
      providers.policy -> 'edit' as edit
    from redrive.outbox
    join redrive.providers on providers.slug = outbox.provider
    left join lateral (
      select nth, payload from redrive.revisions where record_id = outbox.id order by nth desc limit 1
    ) as newest on true
    where outbox.id = ${id}`;
  if (!record) throw new Refused("not_found", `There is no record ${id}.`);
  if (depthOf(record.payload) > depthMax)
    throw wrong(`is nested more than ${depthMax} levels deep as it is stored, and can't be corrected here`);

  const old = parseExact(record.payload);
  const changes = changesBetween(old, now);
  if (changes.length === 0) return record.nth;
  refuseUnlessAllowed(old, now, changes, record.edit ?? { allowed: [], locked: [] }, by);

  const nth = record.nth + 1;
  const [kept] = await sql<{ bytes: number }[]>`
    insert into redrive.revisions (record_id, nth, payload, by, reason)
    values (${id}, ${nth}, ${payloadText}::text::jsonb, ${by.actor}, ${reason || null})
    returning octet_length(payload::text) as bytes`;
  if (kept && kept.bytes > bytesMax) throw tooLarge(kept.bytes);
  const detail = {
    revision: nth,
    changes: changes.slice(0, placesKept).map(told),
    more: Math.max(0, changes.length - placesKept),
  };
  await sql`
    insert into redrive.events (record_id, at, kind, actor, reason, detail)
    values (${id}, clock_timestamp(), 'edited', ${by.actor}, ${reason || null}, ${exactText(detail)}::text::jsonb)`;
  return nth;
}

function readable(text: string): Exact {
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax * 2) throw tooLarge(bytes);
  if (depthOf(text) > depthMax) throw wrong(`is nested more than ${depthMax} levels deep; make it flatter`);
  const value = parsed(text);
  const bad = unstorable(text);
  if (bad === null) return value;
  if (bad.kind === "size") throw new Refused("payload_too_large", `payload: ${bad.says}.`, mendSize);
  throw refusedAt([bad.place], bad.says);
}

function parsed(text: string): Exact {
  try {
    return parseExact(text);
  } catch (error) {
    throw wrong(`is not valid JSON: ${error instanceof Error ? error.message : "it cannot be read"}`);
  }
}

function refuseUnlessAllowed(old: Exact, now: Exact, changes: Change[], policy: EditPolicy, by: Actor): void {
  const locked = lockedChanges(old, now, policy);
  if (locked.length > 0) throw refusedAt(locked, "is locked by the provider's policy; leave it as it is");
  if (by.may("edit")) return;
  const forbidden = forbiddenChanges(changes, policy);
  if (forbidden.length === 0) return;
  const may =
    policy.allowed.length === 0 ? "nothing" : policy.allowed.map((each) => each || "everything").join(", ");
  throw refusedAt(
    forbidden,
    `may not be changed by you: this provider's policy allows ${may}; ask the technical team`,
  );
}

const refusalsTold = 20;

function refusedAt(places: string[], message: string): Refused {
  const errors = places.slice(0, refusalsTold).map((place) => ({ field: `payload${place}`, message }));
  return new Refused("invalid_input", errors.map(({ field }) => `${field}: ${message}.`).join(" "), {
    errors,
  });
}

function wrong(message: string): Refused {
  return new Refused("invalid_input", `payload: ${message}.`, { errors: [{ field: "payload", message }] });
}

const tooLarge = (bytes: number): Refused =>
  new Refused(
    "payload_too_large",
    `payload: ${bytes} bytes are over the limit of 1 MiB (1048576 bytes).`,
    mendSize,
  );

const mendSize = {
  errors: [{ field: "payload", message: "must be at most 1 MiB; keep large content elsewhere" }],
};

/** A change as the timeline keeps it: values that are too long are cut. */
function told({ path, old, new: now }: Change): { [name: string]: Exact } {
  return {
    path,
    ...(old === undefined ? {} : { old: short(old) }),
    ...(now === undefined ? {} : { new: short(now) }),
  };
}

function short(value: Exact): Exact {
  const text = exactText(value);
  return text.length <= charactersKept ? value : `${text.slice(0, charactersKept).toWellFormed()}…`;
}
