-- Failures of one fingerprint are one group, from the first until all of them have been dealt with for ten minutes. Every way
-- into and out of the open failures passes through here, so the counts hold whoever acts. A transaction takes the rows of
-- the groups in the order of their fingerprints, and none waits for a failure while it holds one: no deadlock.

-- A record's type. Planned once: planning a look into the outbox anew, with all its partitions, takes longer than the look.
create or replace function redrive.type_of(id uuid) returns text
language plpgsql stable set plan_cache_mode = force_generic_plan
as $$
begin
  return (select outbox.type from redrive.outbox where outbox.id = type_of.id);
end
$$;

-- The last 24 counts of hours, moved on to another hour; what is left out counts nothing.
create or replace function redrive.hours_until(hours int[], was timestamptz, is_now timestamptz) returns int[]
language sql stable
as $$
  select array(
    select coalesce(
      hours[cardinality(hours) - 24 + place + greatest(0, extract(epoch from is_now - was) / 3600)::int], 0
    )
    from generate_series(1, 24) as place
  )
$$;

-- Open failures join their group, or make it when there is none. `came` is false for those that were there before.
create or replace function redrive.join_group(first uuid, many int, latest timestamptz, came boolean) returns void
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
  failure redrive.failures;
  this_hour constant timestamptz := date_trunc('hour', clock_timestamp());
begin
  select * into strict failure from redrive.failures where record_id = first;
  loop
    update redrive.failure_groups
    set
      -- The rules may have changed since the first of them.
      team = case when came and moved_by is null then failure.team else team end,
      last_at = greatest(last_at, latest),
      records = records + case when came then many else 0 end,
      open_records = open_records + many,
      hours = case
        when not came then hours
        when hours_at = this_hour then hours[:cardinality(hours) - 1] || (coalesce(hours[cardinality(hours)], 0) + many)
        else (redrive.hours_until(hours, hours_at, this_hour))[:23] || many
      end,
      hours_at = case when came then this_hour else hours_at end,
      emptied_at = null,
      changed_at = clock_timestamp()
    where fingerprint = failure.fingerprint and resolved_at is null;
    exit when found;
    -- One that was there before counts in the group that it makes anew.
    insert into redrive.failure_groups (
      fingerprint, provider, type, category, team, status_code, title, opened_at, last_at, records, hours, hours_at, changed_at
    ) values (
      failure.fingerprint, failure.provider, redrive.type_of(first), failure.category, failure.team, failure.status_code,
      failure.message, failure.failed_at, latest, case when came then 0 else many end, '{0}', this_hour, clock_timestamp()
    )
    on conflict (fingerprint) where resolved_at is null do nothing;
  end loop;
end
$$;

-- Failures of a group were dealt with.
create or replace function redrive.leave_group(of_fingerprint text, many int) returns void
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
begin
  update redrive.failure_groups
  set
    open_records = greatest(0, open_records - many),
    emptied_at = case when open_records <= many then coalesce(emptied_at, clock_timestamp()) end,
    changed_at = clock_timestamp()
  where fingerprint = of_fingerprint and resolved_at is null;
end
$$;

-- Whose new failures are: of who was given the whole group by hand, else by the first rule that fits, else as they came.
-- Looked at once a statement; most often there is nothing to change.
create or replace function redrive.failures_came() returns trigger
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
  one record;
  -- One that a person takes back from the queue is as it was before.
  restored constant text := nullif(current_setting('redrive.restoring', true), '');
begin
  if restored is null and (
    exists (select from redrive.team_rules)
    or exists (
      select
      from (select distinct fresh.fingerprint, fresh.team from fresh) as kinds
      left join redrive.failure_groups as groups on groups.fingerprint = kinds.fingerprint and groups.resolved_at is null
      where groups.moved_by is not null
        or not exists (select from redrive.teams where teams.slug = kinds.team)
    )
  ) then
    update redrive.failures
    set team = routed.team
    from (
      select
        fresh.record_id,
        coalesce(
          (
            select groups.team
            from redrive.failure_groups as groups
            where groups.fingerprint = fresh.fingerprint and groups.resolved_at is null and groups.moved_by is not null
          ),
          (
            select rule.team
            from redrive.team_rules as rule
            where (rule.provider is null or rule.provider = fresh.provider)
              and (rule.category is null or rule.category = fresh.category)
              and (rule.status_code is null or rule.status_code = fresh.status_code)
              and (rule.contains is null or strpos(lower(fresh.message), lower(rule.contains)) > 0)
              and (rule.type is null or rule.type = redrive.type_of(fresh.record_id))
            order by rule.position, rule.id
            limit 1
          ),
          (select teams.slug from redrive.teams where teams.slug = fresh.team),
          'technical'
        ) as team
      from fresh
    ) as routed
    where failures.record_id = routed.record_id and failures.team <> routed.team;
  end if;

  for one in
    select
      fresh.fingerprint,
      (array_agg(fresh.record_id order by fresh.failed_at, fresh.record_id))[1] as first,
      count(*)::int as many,
      max(fresh.failed_at) as latest,
      bool_or(fresh.record_id::text = restored) is not true as came
    from fresh
    where fresh.state = 'open'
    group by fresh.fingerprint
    order by fresh.fingerprint
  loop
    perform redrive.join_group(one.first, one.many, one.latest, one.came);
  end loop;
  return null;
end
$$;

create or replace function redrive.failures_changed() returns trigger
language plpgsql
as $$
declare
  one record;
begin
  for one in
    select
      after.fingerprint,
      (array_agg(after.record_id order by after.failed_at, after.record_id) filter (where after.state = 'open'))[1] as first,
      (count(*) filter (where after.state = 'open'))::int as opened,
      (count(*) filter (where before.state = 'open'))::int as closed,
      max(after.failed_at) filter (where after.state = 'open') as latest
    from after
    join before using (record_id)
    where after.state <> before.state
    group by after.fingerprint
    order by after.fingerprint
  loop
    if one.opened > 0 then
      perform redrive.join_group(one.first, one.opened, one.latest, false);
    end if;
    if one.closed > 0 then
      perform redrive.leave_group(one.fingerprint, one.closed);
    end if;
  end loop;
  return null;
end
$$;

create or replace function redrive.failures_went() returns trigger
language plpgsql
as $$
declare
  one record;
begin
  for one in
    select gone.fingerprint, count(*)::int as many
    from gone
    where gone.state = 'open'
    group by gone.fingerprint
    order by gone.fingerprint
  loop
    perform redrive.leave_group(one.fingerprint, one.many);
  end loop;
  return null;
end
$$;

-- A group is over when none of it was open for ten minutes; the clock of any worker says so. One that somebody is at work
-- on is left for the next time.
create or replace function redrive.resolve_groups() returns int
language plpgsql
as $$
declare
  resolved int;
begin
  with over as (
    select id
    from redrive.failure_groups
    where resolved_at is null and emptied_at < clock_timestamp() - interval '10 minutes'
    for update skip locked
  )
  update redrive.failure_groups
  set resolved_at = clock_timestamp(), changed_at = clock_timestamp()
  from over
  where failure_groups.id = over.id;
  get diagnostics resolved = row_count;
  return resolved;
end
$$;

do $$
declare
  one record;
begin
  -- Only when they are missing: creating a trigger locks the table against writers, replacing its function locks nothing.
  if not exists (
    select from pg_trigger where tgname = 'failures_went' and tgrelid = 'redrive.failures'::regclass
  ) then
    create trigger failures_came after insert on redrive.failures
    referencing new table as fresh
    for each statement execute function redrive.failures_came();
    create trigger failures_changed after update on redrive.failures
    referencing old table as before new table as after
    for each statement execute function redrive.failures_changed();
    create trigger failures_went after delete on redrive.failures
    referencing old table as gone
    for each statement execute function redrive.failures_went();

    -- What failed before there were groups.
    for one in
      select
        (array_agg(record_id order by failed_at, record_id))[1] as first, count(*)::int as many, max(failed_at) as latest
      from redrive.failures
      where state = 'open'
      group by fingerprint
      order by fingerprint
    loop
      perform redrive.join_group(one.first, one.many, one.latest, true);
    end loop;
  end if;
end
$$;
