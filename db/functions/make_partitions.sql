-- Makes the daily partitions of outbox and events from yesterday to `days_ahead` from today (UTC), and returns how many
-- it made. Rows that came before their partition wait in the default partition and are moved when it is made.
create or replace function redrive.make_partitions(days_ahead int, moment timestamptz default now()) returns int
language plpgsql
-- Attaching a partition waits for everyone who reads the default one, and everyone after waits for it: rather not now,
-- there are two weeks of slack.
set lock_timeout = '2s'
as $$
declare
  made int := 0;
  parent text;
  key text;
  day date;
  part text;
  low uuid;
  high uuid;
begin
  -- One at a time: two would make the same partition.
  perform pg_advisory_xact_lock(hashtext('redrive.make_partitions'));
  foreach parent in array array['outbox', 'events'] loop
    key := case parent when 'outbox' then 'id' else 'record_id' end;
    if to_regclass(format('redrive.%I', parent || '_default')) is null then
      execute format('create table redrive.%I partition of redrive.%I default', parent || '_default', parent);
    end if;
    for i in -1..days_ahead loop
      day := (moment at time zone 'UTC')::date + i;
      part := parent || '_' || to_char(day, 'YYYYMMDD');
      continue when to_regclass(format('redrive.%I', part)) is not null;
      low := redrive.uuid_v7_floor(day::timestamp at time zone 'UTC');
      high := redrive.uuid_v7_floor((day + 1)::timestamp at time zone 'UTC');
      execute format('create table redrive.%I (like redrive.%I including defaults including constraints)', part, parent);
      execute format(
        'with moved as (delete from redrive.%1$I where %2$I >= %3$L and %2$I < %4$L returning *)
         insert into redrive.%5$I select * from moved',
        parent || '_default', key, low, high, part
      );
      execute format('alter table redrive.%I attach partition redrive.%I for values from (%L) to (%L)', parent, part, low, high);
      made := made + 1;
    end loop;
  end loop;
  return made;
end
$$;
