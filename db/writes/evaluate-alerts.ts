// One look at all alert rules, in one transaction, once over any number of workers and dashboards: reads the figures, asks
// lib/core what each rule finds, and writes down what begins, goes on, and is over.
import type { Sql, TransactionSql } from "#db/client.ts";
import { readAlertFigures, readDatabaseBytes } from "#db/reads/alert-figures.ts";
import { hint } from "#db/writes/hint.ts";
import { parseAlertParams } from "#lib/contract/alert.ts";
import { type AlertParams, readingsOf, windowsOf } from "#lib/core/alert-kinds.ts";
import {
  evaluateEveryMs,
  goneReading,
  type Known,
  type Reading,
  reopenWithinMs,
  type Step,
  step,
} from "#lib/core/alerts.ts";
import type { AlertKind, Severity } from "#lib/core/desk.ts";

/** What the evaluating process can see of the disk that the database is on; null when that is elsewhere. */
export type DiskSeen = { freeBytes: number; totalBytes: number };

export type Evaluation = {
  opened: number;
  resolved: number;
  /** Rules whose stored parameters can't be read: they find nothing until somebody saves them anew. */
  unreadable: string[];
};

/** @returns null when another has looked within the last ten seconds, or is looking now. */
export async function evaluateAlerts(
  sql: Sql,
  { disk = null }: { disk?: DiskSeen | null } = {},
): Promise<Evaluation | null> {
  // The driver's type unwraps arrays of promises, of which there are none.
  return (await sql.begin(async (sql) => {
    const [lock] = await sql<{ mine: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtext('redrive.evaluate_alerts')) as mine`;
    if (!lock?.mine) return null;
    const memory = await readMemory(sql);
    // A little less than the time between two turns, which come a little early or late.
    const { nowMs, evaluatedMs } = memory;
    if (evaluatedMs !== null && nowMs >= evaluatedMs && nowMs - evaluatedMs < 0.9 * evaluateEveryMs)
      return null;
    return await evaluate(sql, memory, disk);
  })) as Evaluation | null;
}

async function evaluate(sql: TransactionSql, memory: Memory, disk: DiskSeen | null): Promise<Evaluation> {
  const { rules, unreadable } = await readRules(sql);
  const ended = await endSilences(sql);
  const orphans = await resolveOrphans(sql);
  const size = await databaseSize(sql, memory);
  const given = await readAlertFigures(sql, {
    nowMs: memory.nowMs,
    windows: windowsOf(rules),
    evaluatedMs: memory.evaluatedMs,
    disk: {
      databaseBytes: size.databaseBytes,
      freeBytes: disk?.freeBytes ?? null,
      totalBytes: disk?.totalBytes ?? null,
    },
  });
  const known = await readKnown(sql);
  const found = rules.flatMap((rule) => {
    const readings = readingsOf(rule.kind, rule.params, rule.provider, given);
    return stepsOf(rule, readings, known, memory.nowMs);
  });
  const of = (kind: Step["do"]) => found.filter(({ next }) => next.do === kind);
  await watch(sql, found);
  await forget(sql, [...of("forget"), ...of("open")]);
  await keep(sql, of("keep"));
  const resolved = orphans + (await resolve(sql, of("resolve")));
  const opened = await open(sql, of("open"));
  await remember(sql, memory.nowMs, size);
  if (opened + resolved + ended > 0) await hint(sql, { topic: "alerts" });
  return { opened, resolved, unreadable };
}

type Rule = {
  slug: string;
  kind: AlertKind;
  severity: Severity;
  provider: string | null;
  params: AlertParams[AlertKind];
  forMs: number;
};

type Found = { rule: Rule; reading: Reading; next: Step };

/** What is to be done about each thing that a rule looks at, or looked at. */
function stepsOf(rule: Rule, readings: Reading[], known: Map<string, Known>, nowMs: number): Found[] {
  const read = new Set(readings.map(({ about }) => about));
  const prefix = keyOf(rule.slug, "");
  const gone = [...known.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .filter((about) => !read.has(about))
    .map(goneReading);
  const { forMs } = rule;
  const { calmMs } = rule.params;
  return [...readings, ...gone].map((reading) => ({
    rule,
    reading,
    next: step(reading, known.get(keyOf(rule.slug, reading.about)) ?? calm, { nowMs, forMs, calmMs }),
  }));
}

const calm: Known = { watchedSinceMs: null, alert: null };
const keyOf = (rule: string, about: string): string => `${rule} ${about}`;

type Memory = {
  nowMs: number;
  evaluatedMs: number | null;
  databaseBytes: number | null;
  sizedMs: number | null;
};

const settingsKey = "alerts";

async function readMemory(sql: TransactionSql): Promise<Memory> {
  const [row] = await sql<Memory[]>`
    select
      extract(epoch from clock_timestamp())::float8 * 1000 as now_ms,
      (value ->> 'evaluatedMs')::float8 as evaluated_ms,
      (value ->> 'databaseBytes')::float8 as database_bytes,
      (value ->> 'sizedMs')::float8 as sized_ms
    from (select) as always
    left join redrive.settings on key = ${settingsKey}`;
  if (!row) throw new Error("the database said nothing");
  return row;
}

type Size = Pick<Memory, "databaseBytes" | "sizedMs">;

/** Once a minute: the server adds up thousands of files for it. */
async function databaseSize(sql: TransactionSql, { nowMs, databaseBytes, sizedMs }: Memory): Promise<Size> {
  if (sizedMs !== null && nowMs >= sizedMs && nowMs - sizedMs < 60_000) return { databaseBytes, sizedMs };
  return { databaseBytes: await readDatabaseBytes(sql), sizedMs: nowMs };
}

async function remember(sql: TransactionSql, nowMs: number, size: Size): Promise<void> {
  const value = { evaluatedMs: nowMs, evaluatedAt: new Date(nowMs).toISOString(), ...size };
  await sql`
    insert into redrive.settings (key, value, updated_at)
    values (${settingsKey}, ${JSON.stringify(value)}::text::jsonb, clock_timestamp())
    on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at`;
}

async function readRules(sql: TransactionSql): Promise<{ rules: Rule[]; unreadable: string[] }> {
  // Rules before alerts, as people's acts take them: whoever changes a rule waits until we are done, or we for them.
  const rows = await sql<(Omit<Rule, "params"> & { params: unknown; enabled: boolean })[]>`
    select slug, kind, severity, provider, params, for_ms, enabled
    from redrive.alert_rules
    order by slug
    for share`;
  const rules: Rule[] = [];
  const unreadable: string[] = [];
  for (const row of rows.filter(({ enabled }) => enabled)) {
    // Parsed anew: a rule stored before a parameter existed reads with that one's default.
    const parsed = parseAlertParams(row.kind, row.params);
    if ("params" in parsed) rules.push({ ...row, params: parsed.params });
    else unreadable.push(row.slug);
  }
  return { rules, unreadable };
}

async function readKnown(sql: TransactionSql): Promise<Map<string, Known>> {
  const rows = await sql<{ rule: string; about: string; sinceMs: number | null; lastMs: number | null }[]>`
    select rule, about, extract(epoch from since)::float8 * 1000 as since_ms, null::float8 as last_ms
    from redrive.alert_watches
    union all
    select rule, about, null, extract(epoch from last_at)::float8 * 1000
    from redrive.alerts
    where state <> 'resolved'`;
  const known = new Map<string, Known>();
  for (const { rule, about, sinceMs, lastMs } of rows) {
    const before = known.get(keyOf(rule, about)) ?? calm;
    known.set(keyOf(rule, about), {
      watchedSinceMs: sinceMs ?? before.watchedSinceMs,
      alert: lastMs === null ? before.alert : { lastMs },
    });
  }
  return known;
}

/** Of rules that were switched off or deleted: nobody looks whether they still hold. */
async function resolveOrphans(sql: TransactionSql): Promise<number> {
  await sql`
    delete from redrive.alert_watches using redrive.alert_rules
    where alert_rules.slug = alert_watches.rule and not alert_rules.enabled`;
  const { count } = await sql`
    update redrive.alerts
    set state = 'resolved', resolved_at = clock_timestamp(), changed_at = clock_timestamp()
    where state <> 'resolved'
      and not exists (select from redrive.alert_rules where alert_rules.slug = alerts.rule and alert_rules.enabled)`;
  return count;
}

/** What goes on after its silence is told now. */
async function endSilences(sql: TransactionSql): Promise<number> {
  await sql`
    update redrive.alert_rules
    set silenced_until = null, silenced_by = null, silence_reason = null
    where silenced_until <= clock_timestamp()`;
  const { count } = await sql`
    update redrive.alerts
    set silenced_until = null, silenced_by = null, silence_reason = null, changed_at = clock_timestamp()
    where state <> 'resolved' and silenced_until <= clock_timestamp()`;
  return count;
}

const rulesOf = (found: readonly Found[]): string[] => found.map(({ rule }) => rule.slug);
const aboutsOf = (found: readonly Found[]): string[] => found.map(({ reading }) => reading.about);

async function watch(sql: TransactionSql, found: readonly Found[]): Promise<void> {
  const begun = found.flatMap(({ next, ...rest }) => (next.do === "watch" ? [{ ...rest, next }] : []));
  if (begun.length === 0) return;
  await sql`
    insert into redrive.alert_watches (rule, about, since)
    select rule, about, to_timestamp(since_ms / 1000)
    from unnest(
      ${rulesOf(begun)}::text[], ${aboutsOf(begun)}::text[], ${begun.map(({ next }) => next.sinceMs)}::float8[]
    ) as begun(rule, about, since_ms)
    on conflict do nothing`;
}

async function forget(sql: TransactionSql, over: readonly Found[]): Promise<void> {
  if (over.length === 0) return;
  await sql`
    delete from redrive.alert_watches
    using unnest(${rulesOf(over)}::text[], ${aboutsOf(over)}::text[]) as past(rule, about)
    where alert_watches.rule = past.rule and alert_watches.about = past.about`;
}

/** Its newest figures are for the page; nobody is told of each. */
async function keep(sql: TransactionSql, held: readonly Found[]): Promise<void> {
  if (held.length === 0) return;
  await sql`
    update redrive.alerts
    set
      last_at = clock_timestamp(),
      title = case when held.level = 'bad' then held.title else alerts.title end,
      figures = case when held.level = 'bad' then held.figures::jsonb else alerts.figures end
    from unnest(
      ${rulesOf(held)}::text[], ${aboutsOf(held)}::text[],
      ${held.map(({ reading }) => reading.level)}::text[],
      ${held.map(({ reading }) => reading.title)}::text[],
      ${held.map(({ reading }) => JSON.stringify(reading.figures))}::text[]
    ) as held(rule, about, level, title, figures)
    where alerts.rule = held.rule and alerts.about = held.about and alerts.state <> 'resolved'`;
}

async function resolve(sql: TransactionSql, over: readonly Found[]): Promise<number> {
  if (over.length === 0) return 0;
  const { count } = await sql`
    update redrive.alerts
    set state = 'resolved', resolved_at = clock_timestamp(), changed_at = clock_timestamp()
    from unnest(${rulesOf(over)}::text[], ${aboutsOf(over)}::text[]) as past(rule, about)
    where alerts.rule = past.rule and alerts.about = past.about and alerts.state <> 'resolved'`;
  return count;
}

/**
 * One that was resolved a moment ago goes on as the same: its message is updated, and nobody gets another. A rule's silence is
 * its alerts' too, from their first moment.
 */
async function open(sql: TransactionSql, begun: readonly Found[]): Promise<number> {
  if (begun.length === 0) return 0;
  await sql`
    with begun as (
      select
        begun.*, begun.figures_text::jsonb as figures, alert_rules.silenced_until, alert_rules.silenced_by,
        alert_rules.silence_reason
      from unnest(
        ${rulesOf(begun)}::text[], ${aboutsOf(begun)}::text[], ${begun.map(({ rule }) => rule.kind)}::text[],
        ${begun.map(({ rule }) => rule.severity)}::text[], ${begun.map(({ reading }) => reading.title)}::text[],
        ${begun.map(({ reading }) => JSON.stringify(reading.figures))}::text[]
      ) as begun(rule, about, kind, severity, title, figures_text)
      join redrive.alert_rules on alert_rules.slug = begun.rule
    ), again as (
      update redrive.alerts
      set
        state = 'open', severity = begun.severity, title = begun.title, figures = begun.figures, resolved_at = null,
        acknowledged_at = null, acknowledged_by = null,
        silenced_until = begun.silenced_until, silenced_by = begun.silenced_by, silence_reason = begun.silence_reason,
        last_at = clock_timestamp(), changed_at = clock_timestamp()
      from begun
      where alerts.id = (
        select latest.id
        from redrive.alerts as latest
        where latest.rule = begun.rule and latest.about = begun.about and latest.state = 'resolved'
          and latest.resolved_at >= clock_timestamp() - ${reopenWithinMs}::float8 * interval '1 millisecond'
        order by latest.resolved_at desc
        limit 1
      )
      returning alerts.rule, alerts.about
    )
    insert into redrive.alerts
      (rule, kind, about, severity, title, figures, opened_at, last_at, changed_at, silenced_until, silenced_by, silence_reason)
    select
      rule, kind, about, severity, title, figures, clock_timestamp(), clock_timestamp(), clock_timestamp(),
      silenced_until, silenced_by, silence_reason
    from begun
    where not exists (select from again where again.rule = begun.rule and again.about = begun.about)`;
  return begun.length;
}
