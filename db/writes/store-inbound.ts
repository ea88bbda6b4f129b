// Calls of any number of sources as records, in one statement: a commit, and with it a write to disk, for all of them.
import { PostgresError, type Sql } from "#db/client.ts";

export type InboundRecord = {
  provider: string;
  /** The payload, as it came: a number keeps every digit. It must be JSON. */
  payloadText: string;
  /** As a producer's: of one provider, a second record of the same makes none. */
  idempotencyKey: string | null;
  correlationId: string | null;
  type: string | null;
  subject: string | null;
  owner: string | null;
  orderingKey: string | null;
};

export type StoredRecord = { id: string; duplicate: boolean };

export type StoreInbound = (records: readonly InboundRecord[]) => Promise<StoredRecord[]>;

/** Statements after one that met an event which was here before: they look for such events themselves. */
const carefulFor = 100;

/**
 * Stores calls, and gives the record of each, in their order: a new one, or the first of its idempotency key. What it returns
 * is committed. It throws when any of them can't be stored; then none of them is.
 *
 * Nearly all events are new, and to assume so costs Postgres a sixth less; an event that is not fails the statement, which is
 * then made anew with care.
 */
export function storeInboundIn(sql: Sql): StoreInbound {
  let careful = 0;
  return async (records) => {
    if (careful > 0) careful--;
    else {
      try {
        return await storeAsNew(sql, records);
      } catch (error) {
        if (!isKnownKey(error)) throw error;
        careful = carefulFor;
      }
    }
    return storeOrFind(sql, records);
  };
}

const isKnownKey = (error: unknown): boolean =>
  error instanceof PostgresError && error.code === "23505" && error.table_name === "enqueued_keys";

// Both take the keys for all rows at once: the outbox's own trigger, a row at a time, would take a third of the statement.
// Ids are in the order of arrival; keys in an order that all who store share, or two of them could wait for each other.

/** The calls as rows, each with the id of its record. */
const rowsOf = (sql: Sql, records: readonly InboundRecord[]) => sql`
  select call.*, redrive.uuid_v7() as id
  from jsonb_to_recordset(${rowsText(records)}::text::jsonb) as call(
    nth int, provider text, payload jsonb, type text, key text, ordering_key text, correlation_id text, owner text,
    subject text
  )`;

async function storeAsNew(sql: Sql, records: readonly InboundRecord[]): Promise<StoredRecord[]> {
  const made = await sql<{ id: string }[]>`
    with incoming as materialized (${rowsOf(sql, records)}),
    keys as (
      insert into redrive.enqueued_keys (provider, key, record_id)
      select provider, key, id from incoming where key is not null order by provider, key
    ),
    stored as (
      insert into redrive.outbox (id, provider, payload, type, ordering_key, correlation_id, owner, subject)
      select id, provider, payload, type, ordering_key, correlation_id, owner, subject from incoming
    )
    select id from incoming order by nth`;
  return made.map(({ id }) => ({ id, duplicate: false }));
}

async function storeOrFind(sql: Sql, records: readonly InboundRecord[]): Promise<StoredRecord[]> {
  const made = await sql<{ nth: number; id: string }[]>`
    with incoming as materialized (${rowsOf(sql, records)}),
    firsts as (
      insert into redrive.enqueued_keys (provider, key, record_id)
      select provider, key, id from incoming where key is not null order by provider, key, nth
      on conflict (provider, key) do nothing
      returning record_id
    ),
    stored as (
      insert into redrive.outbox (id, provider, payload, type, ordering_key, correlation_id, owner, subject)
      select id, provider, payload, type, ordering_key, correlation_id, owner, subject
      from incoming
      where key is null or id in (select record_id from firsts)
      returning id
    )
    select incoming.nth, incoming.id from incoming join stored on stored.id = incoming.id`;
  const stored = new Array<StoredRecord | undefined>(records.length);
  for (const { nth, id } of made) stored[nth] = { id, duplicate: false };
  if (made.length < records.length) await addFirsts(sql, records, stored);
  return stored.map((each) => {
    if (!each) throw new Error("a call was neither stored nor known");
    return each;
  });
}

/** Looked up afterwards: a first that committed meanwhile is not seen by the statement that met it. */
async function addFirsts(
  sql: Sql,
  records: readonly InboundRecord[],
  stored: (StoredRecord | undefined)[],
): Promise<void> {
  const missing = records.flatMap((record, nth) => (stored[nth] ? [] : [{ ...record, nth }]));
  const firsts = await sql<{ nth: number; id: string | null }[]>`
    select call.nth, redrive.enqueued(call.provider, call.key) as id
    from unnest(
      ${missing.map(({ nth }) => nth)}::int[], ${missing.map(({ provider }) => provider)}::text[],
      ${missing.map(({ idempotencyKey }) => idempotencyKey)}::text[]
    ) as call(nth, provider, key)`;
  for (const { nth, id } of firsts) if (id !== null) stored[nth] = { id, duplicate: true };
}

/** Written by hand around the payloads' own text, which would lose digits on the way through JavaScript. */
function rowsText(records: readonly InboundRecord[]): string {
  const rows = records.map((record, nth) => {
    const { provider, payloadText, idempotencyKey, correlationId, type, subject, owner, orderingKey } =
      record;
    const rest = JSON.stringify({
      nth,
      provider,
      type: type ?? undefined,
      key: idempotencyKey ?? undefined,
      ordering_key: orderingKey ?? undefined,
      correlation_id: correlationId ?? undefined,
      owner: owner ?? undefined,
      subject: subject ?? undefined,
    });
    return `${rest.slice(0, -1)},"payload":${payloadText}}`;
  });
  return `[${rows.join(",")}]`;
}
