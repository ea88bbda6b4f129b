-- The records of canaries that are under way to a provider: at most one of each canary. What counts business leaves them out.
create or replace function redrive.canary_records(of_provider text) returns uuid[]
language sql stable parallel safe
as $$
  select coalesce(array_agg(run.record_id), '{}')
  from redrive.canaries as canary
  join redrive.canary_runs as run on run.canary = canary.slug and run.ended_at is null
  where canary.provider = of_provider and run.record_id is not null
$$;

create or replace function redrive.ms_in_words(ms int) returns text
language sql immutable parallel safe
as $$
  select case when ms < 1000 then ms || ' ms' else trim_scale(round(ms / 1000.0, 1)) || ' s' end
$$;

-- Ends the run of a canary's record, once; `fault` is a sentence, or null where the answer came and was as expected. Who ends
-- one takes its record off the queue first, in the same transaction: so no two of them can wait for each other.
create or replace function redrive.end_canary_run(of_record uuid, fault text) returns boolean
language sql
as $$
  with taken as (
    select
      run.canary, run.due_at, canary.limit_ms, now.at as ended_at,
      greatest(0, extract(epoch from now.at - run.started_at) * 1000)::int as ms
    from redrive.canary_runs as run
    join redrive.canaries as canary on canary.slug = run.canary
    cross join (select clock_timestamp() as at) as now
    where run.record_id = of_record and run.ended_at is null
  ), ended as (
    update redrive.canary_runs as run
    set
      ended_at = taken.ended_at,
      took_ms = taken.ms,
      ok = fault is null and taken.ms <= taken.limit_ms,
      slow = fault is null and taken.ms > taken.limit_ms,
      error = case
        when fault is not null then fault
        when taken.ms > taken.limit_ms then format(
          'It took %s, and may take %s.', redrive.ms_in_words(taken.ms), redrive.ms_in_words(taken.limit_ms)
        )
      end
    from taken
    where run.canary = taken.canary and run.due_at = taken.due_at and run.ended_at is null
    returning true
  )
  select exists (select from ended)
$$;
