// What has changed since it was told, and to whom it is to be told: by routes, to who was told before, and to the channels
// that stand in for one that can't be reached.
import type { AnySql } from "#db/writes/transaction.ts";
import {
  type AlertState,
  type ChannelKind,
  type MessageState,
  type MessageSubject,
  messageType,
  noticeType,
  type Severity,
  severities,
  severityOf,
} from "#lib/core/desk.ts";
import type { AlertToTell, GroupToTell } from "#lib/core/message-content.ts";

/** More than are looked at in one go; what is new comes before what waits, and that before what was refused. */
const most = 1_000;
/** A record that waits longer than this has not reached anybody in time: the fallback stands in. */
export const unheardAfter = "60 seconds";
/** What was not heard for longer is no news. */
const newsFor = "1 day";

/** How to tell: the channel, and what it was told so far. */
export type Telling = {
  subjectId: string;
  channel: string;
  insteadOf: string | null;
  /** The subject's `changed_at`, every digit kept. */
  changedAt: string;
  messageId: string | null;
  state: MessageState | null;
  place: Record<string, string> | null;
  contentHash: string | null;
  updates: number;
  /** Its newest text's record, and whether that is still on its way. */
  recordId: string | null;
  isUnderWay: boolean;
  saidAtMs: number | null;
  isChannelNewer: boolean;
  isAct: boolean;
  isResolved: boolean;
  /** They were run again after the newest text, and have failed again. */
  isFailedAgain: boolean;
  isQuiet: boolean;
  nowMs: number;
};

export type UntoldGroup = Telling & { group: GroupToTell };
export type UntoldAlert = Telling & { alert: AlertToTell };

type GroupRow = Telling & Omit<GroupToTell, "id">;

export async function readUntoldGroups(sql: AnySql): Promise<UntoldGroup[]> {
  const rows = await sql<GroupRow[]>`
    with wanted as (
      -- By routes: what is open and has changed since the route was made.
      select groups.id as subject_id, routes.channel, null::text as instead_of
      from redrive.failure_groups as groups
      join redrive.routes on routes.subject = 'failures'
        and coalesce(routes.team = groups.team, true)
        and coalesce(routes.provider = groups.provider, true)
        and array_position(${severities}::text[], routes.severity)
          <= array_position(${severities}::text[], ${JSON.stringify(severityOf)}::text::jsonb ->> groups.category)
        and groups.changed_at > redrive.uuid_v7_moment(routes.id)
      where groups.resolved_at is null and groups.emptied_at is null
        and coalesce(groups.muted_until <= now(), true)
        -- Messages about messages are told to nobody: that would never end.
        and groups.type is distinct from ${noticeType}
        and not exists (
          select from redrive.messages
          where messages.subject = 'failures' and messages.subject_id = groups.id and messages.channel = routes.channel
        )
      union
      -- Who was told hears what is new, whatever the routes are now.
      select messages.subject_id, messages.channel, messages.instead_of
      from redrive.failure_groups as groups
      join redrive.messages on messages.subject = 'failures' and messages.subject_id = groups.id
      where (groups.resolved_at is null or groups.changed_at > now() - ${newsFor}::interval)
        and (messages.told_at < groups.changed_at or messages.state = 'due')
      union
      select unheard.subject_id, unheard.fallback, unheard.channel
      from (${unheard(sql, "failures")}) as unheard
      join redrive.failure_groups as groups on groups.id = unheard.subject_id
      where groups.resolved_at is null and groups.emptied_at is null
    )
    select
      wanted.subject_id, wanted.channel, wanted.instead_of, groups.changed_at,
      ${told(sql)},
      coalesce(
        greatest(groups.last_act_at, groups.emptied_at, groups.resolved_at) > messages.told_at, false
      ) as is_act,
      coalesce(groups.resolved_at > messages.told_at, false) as is_resolved,
      coalesce(
        groups.last_act = 'retried' and groups.last_act_at > redrive.uuid_v7_time(messages.record_id)
          and groups.last_at > groups.last_act_at and groups.emptied_at is null,
        false
      ) as is_failed_again,
      coalesce(groups.muted_until > now(), false) as is_quiet,
      groups.provider,
      coalesce(providers.policy ->> 'name', groups.provider) as provider_name,
      groups.type, groups.category, groups.team, coalesce(teams.name, groups.team) as team_name, groups.status_code,
      groups.title, groups.records, groups.opened_at, groups.last_at, groups.emptied_at, groups.resolved_at,
      groups.assignee, groups.note, groups.muted_until, groups.last_act, groups.last_act_by, groups.last_act_at,
      groups.last_act_records, groups.open_records as open,
      exists (
        select from redrive.failure_groups as earlier
        where earlier.fingerprint = groups.fingerprint and earlier.opened_at < groups.opened_at
      ) as is_back_again
    from wanted
    join redrive.failure_groups as groups on groups.id = wanted.subject_id
    join redrive.channels on channels.slug = wanted.channel and channels.enabled
    left join redrive.messages on messages.subject = 'failures' and messages.subject_id = wanted.subject_id
      and messages.channel = wanted.channel
    left join redrive.providers on providers.slug = groups.provider
    left join redrive.teams on teams.slug = groups.team
    order by ${newestFirst(sql)}, groups.changed_at
    limit ${most}`;
  return rows.map((row) => ({ ...row, group: { ...row, id: row.subjectId } }));
}

type AlertRow = Telling & Omit<AlertToTell, "id" | "state"> & { alertState: AlertState; severity: Severity };

export async function readUntoldAlerts(sql: AnySql): Promise<UntoldAlert[]> {
  const rows = await sql<AlertRow[]>`
    with wanted as (
      select alerts.id as subject_id, routes.channel, null::text as instead_of
      from redrive.alerts
      left join redrive.alert_rules as rules on rules.slug = alerts.rule
      -- An alert is no team's: a route that names one is not meant.
      join redrive.routes on routes.subject = 'alert' and routes.team is null
        and (
          routes.provider is null or routes.provider in (alerts.about, coalesce(rules.provider, ''))
          -- One about a group of failures, or a canary, says in its figures whose it is.
          or routes.provider = alerts.figures ->> 'provider'
        )
        and array_position(${severities}::text[], routes.severity) <= array_position(${severities}::text[], alerts.severity)
        and alerts.changed_at > redrive.uuid_v7_moment(routes.id)
      where alerts.state = 'open'
        and coalesce(alerts.silenced_until <= now(), true)
        and coalesce(rules.silenced_until <= now(), true)
        and not exists (
          select from redrive.messages
          where messages.subject = 'alert' and messages.subject_id = alerts.id and messages.channel = routes.channel
        )
      union
      select messages.subject_id, messages.channel, messages.instead_of
      from redrive.alerts
      join redrive.messages on messages.subject = 'alert' and messages.subject_id = alerts.id
      where (alerts.state <> 'resolved' or alerts.changed_at > now() - ${newsFor}::interval)
        and (messages.told_at < alerts.changed_at or messages.state = 'due')
      union
      select unheard.subject_id, unheard.fallback, unheard.channel
      from (${unheard(sql, "alert")}) as unheard
      join redrive.alerts on alerts.id = unheard.subject_id
      where alerts.state <> 'resolved'
    )
    select
      wanted.subject_id, wanted.channel, wanted.instead_of, alerts.changed_at,
      ${told(sql)},
      coalesce(greatest(alerts.acknowledged_at, alerts.resolved_at) > messages.told_at, false) as is_act,
      coalesce(alerts.resolved_at > messages.told_at, false) as is_resolved,
      false as is_failed_again,
      coalesce(greatest(alerts.silenced_until, rules.silenced_until) > now(), false) as is_quiet,
      alerts.rule, alerts.kind, alerts.about, alerts.severity, alerts.state as alert_state, alerts.title, alerts.figures,
      alerts.opened_at, alerts.acknowledged_at, alerts.acknowledged_by, alerts.silenced_until, alerts.silenced_by,
      alerts.resolved_at
    from wanted
    join redrive.alerts on alerts.id = wanted.subject_id
    left join redrive.alert_rules as rules on rules.slug = alerts.rule
    join redrive.channels on channels.slug = wanted.channel and channels.enabled
    left join redrive.messages on messages.subject = 'alert' and messages.subject_id = wanted.subject_id
      and messages.channel = wanted.channel
    order by ${newestFirst(sql)}, alerts.changed_at
    limit ${most}`;
  return rows.map((row) => ({ ...row, alert: { ...row, id: row.subjectId, state: row.alertState } }));
}

/** Two ways may lead to one channel: then its own comes before that of one that it would stand in for. */
const newestFirst = (sql: AnySql) =>
  sql`messages.id is not null, messages.state is not distinct from 'failed', wanted.instead_of nulls first`;

/** What a message has told so far; one that does not exist has told nothing. */
const told = (sql: AnySql) => sql`
  messages.id as message_id, messages.state, messages.place, messages.content_hash, coalesce(messages.updates, 0) as updates,
  messages.record_id,
  messages.state is not distinct from 'sending'
    or exists (select from redrive.queue where queue.record_id = messages.record_id) as is_under_way,
  extract(epoch from redrive.uuid_v7_time(messages.record_id))::float8 * 1000 as said_at_ms,
  coalesce(channels.updated_at > redrive.uuid_v7_time(messages.record_id), false) as is_channel_newer,
  extract(epoch from clock_timestamp())::float8 * 1000 as now_ms`;

/** Messages that have reached nobody: refused, held, or waiting for too long, where another channel can stand in. */
const unheard = (sql: AnySql, subject: MessageSubject) => sql`
  select messages.subject_id, messages.channel, channels.fallback
  from redrive.messages
  join redrive.channels on channels.slug = messages.channel
  join redrive.provider_state as state on state.provider = channels.provider
  where messages.sent_at is null
    and messages.created_at > now() - ${newsFor}::interval
    and messages.subject = ${subject}
    and channels.fallback is not null
    and (
      messages.state = 'failed'
      or messages.created_at < now() - ${unheardAfter}::interval
      -- A breaker that tries itself is none that lets messages through. A provider that asks for patience (429) mostly wants
      -- some seconds: that is waited for.
      or state.breaker <> 'closed' or redrive.hold_of(state.*) <> 'quota_spent'
    )
    and not exists (
      select from redrive.messages as other
      where other.subject = messages.subject and other.subject_id = messages.subject_id
        and other.channel = channels.fallback
    )`;

/** Whether a message is out that another channel may soon have to stand in for: no change tells when it does. */
export async function mayStandIn(sql: AnySql): Promise<boolean> {
  const [row] = await sql<{ may: boolean }[]>`
    select exists (
      select from redrive.messages
      join redrive.channels on channels.slug = messages.channel and channels.fallback is not null
      where messages.sent_at is null and messages.created_at > now() - 2 * ${unheardAfter}::interval
    ) as may`;
  return row?.may ?? false;
}

export type ChannelRow = {
  slug: string;
  name: string;
  kind: ChannelKind;
  provider: string;
  address: string;
  fallback: string | null;
  enabled: boolean;
};

/** All of them, by slug: they are few. */
export async function readChannelRows(sql: AnySql): Promise<Map<string, ChannelRow>> {
  const rows = await sql<ChannelRow[]>`
    select slug, name, kind, provider, address, fallback, enabled from redrive.channels`;
  return new Map(rows.map((row) => [row.slug, row]));
}

/** Whether a group's own trouble is that messages do not arrive. */
export const isAboutMessages = ({ type }: Pick<GroupToTell, "type">): boolean => type === messageType;

/** When something changed last, of what messages tell: the newest of each, cheap to ask each second. */
export async function readNewest(sql: AnySql): Promise<string> {
  const [row] = await sql<{ newest: string }[]>`
    select concat_ws(' ',
      (select max(changed_at) from redrive.failure_groups),
      (select max(changed_at) from redrive.alerts)
    ) as newest`;
  return row?.newest ?? "";
}
