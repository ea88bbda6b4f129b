// An end user's own records: which, a page at a time, and how each stands. Only the owner's are ever found.
import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { fromCursor, toCursor } from "#db/reads/cursor.ts";
import { readRecordSummaries } from "#db/reads/record-summaries.ts";
import { iso, isoOrNull } from "#db/reads/time.ts";
import type { MyList, OwnEvent, OwnRecord } from "#lib/contract/portal.ts";
import { canaryType } from "#lib/core/desk.ts";
import type { Outcome } from "#lib/core/outcome.ts";
import { ownActorName, triesMost, triesPeriodMs, undoMarginMs } from "#lib/core/portal.ts";
import { openFields, portalFields } from "#lib/core/portal-fields.ts";
import { redrivesMost } from "#lib/core/recovery.ts";
import type { FailureCategory, Hold } from "#lib/core/status.ts";

/** So many of an owner's records a page looks at, then it hands over a cursor: no page waits for a million. */
const stretch = 10_000;

type Query = { owner: string; list: MyList; after?: string | undefined; limit: number };

const within: Record<MyList, ReturnType<typeof sql>> = {
  failed: sql`exists (
    select from redrive.failures where failures.record_id = mine.id and failures.state = 'open')`,
  under_way: sql`exists (select from redrive.queue where queue.record_id = mine.id)`,
  done: sql`not exists (select from redrive.queue where queue.record_id = mine.id)
    and not exists (select from redrive.failures where failures.record_id = mine.id and failures.state = 'open')`,
};

/** A page of an owner's records, newest first. */
export async function readMyRecords(
  db: Db,
  { owner, list, after, limit }: Query,
): Promise<{ items: OwnRecord[]; next: string | null }> {
  const mine = sql`
    select outbox.id, redrive.uuid_v7_time(outbox.id)::text as at
    from redrive.outbox
    where outbox.owner = ${owner} and outbox.type is distinct from ${canaryType}
      and ${after === undefined ? sql`true` : sql`outbox.id < ${fromCursor(after)[1]}::uuid`}
    order by outbox.id desc`;
  const [found, ends] = await Promise.all([
    db.execute<{ id: string; at: string }>(sql`
      select mine.id, mine.at
      from (${mine} limit ${stretch}) as mine
      where ${within[list]}
      order by mine.id desc
      limit ${limit + 1}`),
    db.execute<{ id: string; at: string }>(sql`${mine} offset ${stretch - 1} limit 1`),
  ]);
  const page = found.slice(0, limit);
  const end = found.length > limit ? page.at(-1) : ends[0];
  const items = await readOwn(
    db,
    owner,
    page.map(({ id }) => id),
  );
  return { items, next: end ? toCursor([iso(end.at), end.id]) : null };
}

/** One of an owner's records, with its history; null when there is none, or it is another's. */
export async function readMyRecord(
  db: Db,
  owner: string,
  id: string,
): Promise<{ record: OwnRecord; history: OwnEvent[] } | null> {
  const [record] = await readOwn(db, owner, [id]);
  if (!record) return null;
  const events = await db.execute<OwnEvent & { at: string }>(sql`
    select at::text as at, kind, actor is not distinct from ${ownActorName(owner)} as "isOwn"
    from redrive.events
    where record_id = ${id}::uuid
    order by at desc
    limit 50`);
  return { record, history: events.map((event) => ({ ...event, at: iso(event.at) })) };
}

type Row = {
  id: string;
  subject: string | null;
  to: string;
  adapter: string;
  autoRedrive: boolean;
  allowed: string[];
  locked: string[];
  payload: unknown;
  hold: Hold | null;
  holdSince: string | null;
  holdUntil: string | null;
  category: FailureCategory | null;
  outcome: Outcome | null;
  statusCode: number | null;
  failedAt: string | null;
  message: string | null;
  redrives: number | null;
  isSameAgain: boolean;
  actKind: string | null;
  actIsOwn: boolean;
  actAt: string | null;
  actCode: string | null;
  undoUntil: string | null;
  tries: number;
  triesAgainAt: string | null;
  wasSentBefore: boolean;
  wasRehearsed: boolean;
};

/** These send a key with each attempt, by which the receiver can tell a repetition. */
const withKey = ["http-json", "soap", "fetch"];

async function readOwn(db: Db, owner: string, ids: readonly string[]): Promise<OwnRecord[]> {
  if (ids.length === 0) return [];
  const [rows, summaries] = await Promise.all([readRows(db, owner, ids), readRecordSummaries(db, ids)]);
  const byId = new Map(summaries.map((summary) => [summary.id, summary]));
  return rows.flatMap((row) => {
    const summary = byId.get(row.id);
    return summary ? [ownRecord(row, summary)] : [];
  });
}

type Summary = Awaited<ReturnType<typeof readRecordSummaries>>[number];

function ownRecord(row: Row, { status, attempts, createdAt, settledAt, dueAt }: Summary): OwnRecord {
  const { category, outcome, statusCode, failedAt, message, payload } = row;
  const allowed = openFields(row.allowed, row.locked);
  const fields = category === null ? [] : portalFields(payload, allowed, message);
  const comesBack =
    row.autoRedrive &&
    (row.redrives ?? 0) < redrivesMost &&
    (category === "technical" || (category === "adapter_error" && statusCode !== null));
  return {
    id: row.id,
    subject: row.subject,
    to: row.to,
    status,
    attempts,
    createdAt,
    settledAt,
    dueAt,
    hold: row.hold,
    holdSince: isoOrNull(row.holdSince),
    holdUntil: isoOrNull(row.holdUntil),
    failure:
      category === null || failedAt === null
        ? null
        : {
            category,
            outcome,
            statusCode,
            failedAt: iso(failedAt),
            complaints: fields.filter(({ isWrong }) => isWrong).map(({ label }) => label),
            isSameAgain: row.isSameAgain,
            comesBack,
            isFixable: fields.length > 0,
          },
    lastAct:
      row.actKind === null || row.actAt === null
        ? null
        : { kind: row.actKind, isOwn: row.actIsOwn, at: iso(row.actAt), code: row.actCode },
    undoUntil: isoOrNull(row.undoUntil),
    tries: row.tries,
    triesAgainAt: isoOrNull(row.triesAgainAt),
    wasSentBefore: row.wasSentBefore,
    wasRehearsed: row.wasRehearsed,
    isSafeToRepeat: withKey.includes(row.adapter),
    allowed,
    payload,
    message,
  };
}

function readRows(db: Db, owner: string, ids: readonly string[]): Promise<Row[]> {
  const list = sql.join(
    ids.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const own = ownActorName(owner);
  return db.execute<Row>(sql`
    select
      outbox.id, outbox.subject, providers.policy ->> 'name' as "to", providers.policy ->> 'adapter' as adapter,
      coalesce((providers.policy ->> 'autoRedrive')::boolean, true) as "autoRedrive",
      coalesce(providers.policy #> '{edit,allowed}', '[]') as allowed,
      coalesce(providers.policy #> '{edit,locked}', '[]') as locked,
      -- Only where something of it may be corrected now.
      case when failures.category = 'client_data' and providers.policy #> '{edit,allowed}' <> '[]'
        then coalesce(
          (select payload from redrive.revisions where record_id = outbox.id order by nth desc limit 1),
          outbox.payload
        ) end as payload,
      redrive.hold_of(state.*) as hold,
      case redrive.hold_of(state.*)
        when 'breaker_open' then state.breaker_since
        when 'paused' then state.paused_at
      end::text as "holdSince",
      redrive.hold_until_of(state.*)::text as "holdUntil",
      failures.category, failures.outcome, failures.status_code as "statusCode", failures.failed_at::text as "failedAt",
      failures.message, failures.redrives,
      coalesce(failures.fingerprint = retried.fingerprint, false) as "isSameAgain",
      act.kind as "actKind", coalesce(act.actor = ${own}, false) as "actIsOwn", act.at::text as "actAt",
      act.detail ->> 'code' as "actCode",
      case when act.kind = 'retried' and act.actor = ${own} and queue.tries = retried.tries
          and queue.due_at < 'infinity' and queue.due_at = (act.detail ->> 'dueAt')::timestamptz
        then queue.due_at - ${undoMarginMs}::int * interval '1 millisecond' end::text as "undoUntil",
      tried.tries, tried."triesAgainAt"::text as "triesAgainAt",
      coalesce(settled.detail ? 'duplicateOf', false) as "wasSentBefore",
      coalesce(settled.kind = 'shadowed', false) as "wasRehearsed"
    from redrive.outbox
    join redrive.providers on providers.slug = outbox.provider
    left join redrive.queue on queue.record_id = outbox.id
    left join redrive.failures on failures.record_id = outbox.id and failures.state = 'open'
    left join redrive.provider_state as state on state.provider = outbox.provider
    left join lateral (
      select kind, actor, at, detail
      from redrive.events
      where record_id = outbox.id and kind in ('retried', 'retry_cancelled', 'rejected', 'reopened')
      order by at desc
      limit 1
    ) as act on true
    left join lateral (
      select detail #>> '{failure,fingerprint}' as fingerprint, (detail #>> '{failure,tries}')::int as tries
      from redrive.events
      where record_id = outbox.id and kind = 'retried'
      order by at desc
      limit 1
    ) as retried on true
    left join lateral (
      select kind, detail
      from redrive.events
      where record_id = outbox.id and kind in ('duplicate', 'shadowed')
      order by at desc
      limit 1
    ) as settled on true
    cross join lateral (${triesOf(sql`outbox.id`, own)}) as tried
    where outbox.id in (${list}) and outbox.owner = ${owner} and outbox.type is distinct from ${canaryType}
    order by outbox.id desc`);
}

/** How often an owner tried within the period, without what was taken back, and when the next try is possible. */
const triesOf = (id: ReturnType<typeof sql>, own: string) => sql`
  select
    count(*)::int as tries,
    (array_agg(made.at order by made.at desc))[${triesMost}::int]
      + ${triesPeriodMs}::bigint * interval '1 millisecond' as "triesAgainAt"
  from (
    select at, kind, actor, lead(kind) over (order by at) as next
    from redrive.events
    where record_id = ${id} and kind in ('retried', 'retry_cancelled')
      and at > now() - ${triesPeriodMs}::bigint * interval '1 millisecond'
  ) as made
  where made.kind = 'retried' and made.actor = ${own} and made.next is distinct from 'retry_cancelled'`;
