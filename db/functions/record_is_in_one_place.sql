-- A record is in exactly one of queue, failures (open) and settled. The outbox's trigger queues only new records; every
-- other way into the queue, and every way into the open failures, is checked here. Both are rare, so both may look.
create or replace function redrive.queued_record_is_nowhere_else() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from redrive.failures where failures.record_id = new.record_id) then
    raise exception 'record % is in failures and cannot also be queued', new.record_id
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
$$;

-- Depth 0 is a statement of ours or a person's; the outbox's own trigger runs deeper and is not asked.
select redrive.ensure_trigger('redrive.queue', 'queued_record_is_nowhere_else', $$
  create trigger queued_record_is_nowhere_else
  before insert on redrive.queue
  for each row when (pg_trigger_depth() = 0)
  execute function redrive.queued_record_is_nowhere_else();
$$);

create or replace function redrive.failed_record_is_nowhere_else() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from redrive.queue where queue.record_id = new.record_id) then
    raise exception 'record % is queued and cannot also be in failures', new.record_id
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end
$$;

-- Looked at when the transaction commits, when the settling statement's delete and insert have both happened.
select redrive.ensure_trigger('redrive.failures', 'failed_record_is_nowhere_else', $$
  create constraint trigger failed_record_is_nowhere_else
  after insert or update on redrive.failures
  deferrable initially deferred
  for each row execute function redrive.failed_record_is_nowhere_else();
$$);
