// The next step of whichever bulk operation is due: a bounded number of records, and the place where it stands, in one
// transaction. Whoever has the operation's row locked is at it; a worker that dies in the middle leaves nothing half done,
// and any other goes on from the place. So each record is acted on once, and memory does not grow with their number. A step
// whose maker may no longer do it ends the operation instead.
import type { Sql, TransactionSql } from "#db/client.ts";
import { audit } from "#db/writes/audit.ts";
import { closeUnsent } from "#db/writes/close-unsent.ts";
import { kindOfFailure, lookedAt, narrowed, withRecordOfEach } from "#db/writes/failure-filter.ts";
import {
  isBehind,
  noteActsInGroups,
  type OfGroup,
  type Place,
  recordsAtOnce,
} from "#db/writes/group-acts.ts";
import { whyNoLonger } from "#db/writes/maker.ts";
import { permissionOf } from "#db/writes/preview-operation.ts";
import { putBack } from "#db/writes/put-back.ts";
import type { FailureFilter } from "#lib/contract/bulk.ts";
import type { Permission } from "#lib/core/access.ts";
import { aheadMs, type BulkAction, recordsWithoutMore, type Slots, slotsAhead } from "#lib/core/bulk.ts";
import type { TeamKind } from "#lib/core/desk.ts";

/** Failures that a step walks along at most, when few of them match. */
const stretchMost = 5_000;
/** Others have a failure in hands for moments; so often it is looked for again, each second. */
const roundsMost = 30;
const restMs = aheadMs;
/** After a step that failed, such as one that the server ended. */
const postponeMs = 10_000;

export type Stepped = {
  id: string;
  acted: number;
  providers: string[];
  isOver: boolean;
  /** Why the step failed; nothing of it stays, and it is tried again. */
  fault: unknown;
};

type Row = {
  id: string;
  action: BulkAction;
  filter: FailureFilter;
  cutoff: string;
  reason: string;
  code: string | null;
  rate: number | null;
  first: number | null;
  kinds: TeamKind[];
  eligible: number;
  acted: number;
  createdAt: string;
  createdBy: string;
  placeAt: string | null;
  placeId: string | null;
  round: number;
  busy: number;
  startAt: string;
  nextInMs: number;
};

/** Null when none is due. */
export async function stepOperation(sql: Sql): Promise<Stepped | null> {
  const stepped = await sql.begin(async (sql) => {
    const [row] = await takeDue(sql);
    if (!row) return null;
    try {
      return await sql.savepoint((sql) => step(sql, row));
    } catch (fault) {
      await sql`
        update redrive.operations
        set next_at = clock_timestamp() + ${postponeMs}::int * interval '1 millisecond'
        where id = ${row.id}`;
      return { id: row.id, acted: 0, providers: [], isOver: false, fault };
    }
  });
  return stepped;
}

const takeDue = (sql: TransactionSql) => sql<Row[]>`
  select
    id, action, filter, cutoff, reason, code, rate, first, kinds, eligible, acted, created_at, created_by, place_at,
    place_id, round, busy, greatest(next_at, clock_timestamp()) as start_at,
    (extract(epoch from next_at - clock_timestamp()) * 1000)::float8 as next_in_ms
  from redrive.operations
  where state = 'running' and next_at <= clock_timestamp() + ${aheadMs / 2}::int * interval '1 millisecond'
  order by next_at, id
  limit 1
  for update skip locked`;

const atOnce: Slots = { count: recordsAtOnce, firstInMs: 0, stepMs: 0 };

async function step(sql: TransactionSql, row: Row): Promise<Stepped> {
  const left = leftOf(row);
  const why = await whyNoLonger(sql, row.id, neededFor(row, left));
  if (why !== null) {
    await stop(sql, row, `${why}, so it stopped; what it did stays done`);
    return { id: row.id, acted: 0, providers: [], isOver: true, fault: null };
  }
  const slots = row.rate === null ? atOnce : slotsAhead(row.nextInMs, row.rate);
  const most = Math.min(slots.count, recordsAtOnce, left);
  const found = await find(sql, row, most);
  const gone = await act(sql, row, found.ids, slots);
  const busy = row.busy + found.matching - gone.length;
  const isAtEnd = found.walked < stretchMost && found.matching < most;
  const isOver = gone.length === left || (isAtEnd && (busy === 0 || row.round >= roundsMost));
  await keepPlace(sql, row, { gone: gone.length, stepMs: slots.stepMs, place: found.end, busy });
  if (isOver) await end(sql, row, { acted: row.acted + gone.length, busy });
  else if (isAtEnd) await beginAnew(sql, row);
  const providers = [...new Set(gone.map(({ provider }) => provider))];
  return { id: row.id, acted: gone.length, providers, isOver, fault: null };
}

/** Never more than matched at its start, whatever comes to match meanwhile: so many its maker saw, and might. */
const leftOf = ({ first, eligible, acted }: Row): number =>
  Math.max(0, Math.min(first ?? eligible, eligible) - acted);

/** What one would need who started the rest of it now. */
const neededFor = ({ action, kinds }: Row, left: number): Permission[] => [
  "bulk",
  ...kinds.map(permissionOf[action]),
  ...(left > recordsWithoutMore ? (["bulk_many"] as const) : []),
];

type Found = {
  /** What matches and nobody has in hands, now locked. */
  ids: string[];
  matching: number;
  walked: number;
  /** Where the walk ended. */
  end: Place | null;
};

async function find(sql: TransactionSql, row: Row, most: number): Promise<Found> {
  const { id, filter, cutoff, kinds, round, placeAt, placeId } = row;
  const place = placeAt !== null && placeId !== null ? { failedAt: placeAt, recordId: placeId } : null;
  const isNew = sql`not exists (
    select from redrive.operation_records as done where done.operation = ${id} and done.record_id = failures.record_id
  )`;
  const [found] = await sql<(Omit<Found, "end"> & Partial<Place>)[]>`
    with stretch as materialized (
      select failures.failed_at, failures.record_id
      from redrive.failures
      where ${narrowed(sql, filter, cutoff)} and ${isBehind(sql, place)}
      order by failures.failed_at, failures.record_id
      limit ${stretchMost}
    ), matching as materialized (
      select stretch.failed_at, stretch.record_id
      from stretch
      join redrive.failures on failures.record_id = stretch.record_id
      ${withRecordOfEach(sql, filter)}
      where ${lookedAt(sql, filter)} and ${kindOfFailure(sql)} = any (${kinds})
        and ${round > 1 ? isNew : sql`true`}
      order by stretch.failed_at, stretch.record_id
      limit ${most}
    ), free as (
      select failures.failed_at, failures.record_id
      from matching
      join redrive.failures on failures.record_id = matching.record_id
      where failures.state = 'open'
      for update of failures skip locked
    ), walked as (
      -- What it did not take for want of a slot is not behind it yet.
      select failed_at, record_id from matching where (select count(*) from matching) = ${most}
      union all
      select failed_at, record_id from stretch where (select count(*) from matching) < ${most}
    )
    select
      (select coalesce(array_agg(record_id order by failed_at, record_id), '{}') from free) as ids,
      (select count(*)::int from matching) as matching, (select count(*)::int from stretch) as walked,
      last.failed_at, last.record_id
    from (select) as one
    left join (select * from walked order by failed_at desc, record_id desc limit 1) as last on true`;
  if (!found) throw new Error("a statement without a row");
  const { ids, matching, walked, failedAt, recordId } = found;
  return { ids, matching, walked, end: failedAt && recordId ? { failedAt, recordId } : place };
}

async function act(sql: TransactionSql, row: Row, ids: string[], slots: Slots): Promise<OfGroup[]> {
  if (ids.length === 0) return [];
  const { id, action, reason, code, createdBy: actor, createdAt: since } = row;
  const chosen = ids.map((recordId) => ({ recordId }));
  const given = { actor, reason, detail: { operation: id } };
  const gone =
    action === "retry"
      ? await putBack(sql, chosen, { ...given, startAt: row.startAt, firstInMs: 0, stepMs: slots.stepMs })
      : await closeUnsent(sql, chosen, { ...given, code: code ?? "other" });
  const kind = action === "retry" ? "retried" : "rejected";
  await noteActsInGroups(sql, gone, { kind, by: { actor }, since });
  // Its key refuses a record that this operation has acted on before.
  await sql`
    insert into redrive.operation_records (operation, record_id, at)
    select ${id}, record_id, clock_timestamp() from unnest(${ids}::uuid[]) as acted(record_id)`;
  return gone;
}

type Walked = { gone: number; stepMs: number; place: Place | null; busy: number };

const keepPlace = (
  sql: TransactionSql,
  { id, rate, startAt }: Row,
  { gone, stepMs, place, busy }: Walked,
) => sql`
  update redrive.operations
  set
    acted = acted + ${gone}, busy = ${busy}, place_at = ${place?.failedAt ?? null}, place_id = ${place?.recordId ?? null},
    next_at = case
      when ${rate === null} then clock_timestamp()
      when ${gone} = 0 then next_at
      else ${startAt}::timestamptz + ${gone * stepMs}::float8 * interval '1 millisecond'
    end
  where id = ${id}`;

/** For those that others had in hands. */
const beginAnew = (sql: TransactionSql, { id }: Row) => sql`
  update redrive.operations
  set round = round + 1, busy = 0, place_at = null, place_id = null,
    next_at = greatest(next_at, clock_timestamp() + ${restMs}::int * interval '1 millisecond')
  where id = ${id}`;

async function end(
  sql: TransactionSql,
  { id, filter }: Row,
  { acted, busy }: { acted: number; busy: number },
): Promise<void> {
  await sql`update redrive.operations set state = 'done', ended_at = clock_timestamp() where id = ${id}`;
  await audit(sql, {
    actor: "Redrive",
    action: "operation.finished",
    subjectKind: "operation",
    subjectId: id,
    detail: { acted, busy, filter },
  });
}

async function stop(sql: TransactionSql, { id, filter, acted }: Row, reason: string): Promise<void> {
  await sql`
    update redrive.operations
    set state = 'cancelled', changed_at = clock_timestamp(), changed_by = 'Redrive', change_reason = ${reason},
      ended_at = clock_timestamp()
    where id = ${id}`;
  await audit(sql, {
    actor: "Redrive",
    action: "operation.cancelled",
    subjectKind: "operation",
    subjectId: id,
    reason,
    detail: { acted, filter },
  });
}
