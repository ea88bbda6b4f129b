-- After each insert into the outbox: refuses what can never be delivered, queues the rest, and wakes the providers that
-- nobody delivers for. It locks no row that another transaction writes, so no enqueue ever waits for another.
create or replace function redrive.outbox_inserted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  bad record;
  idle text;
begin
  select fresh.provider into bad
  from fresh
  where not exists (select from redrive.providers where providers.slug = fresh.provider)
  limit 1;
  if found then
    raise exception 'unknown provider "%"', bad.provider
      using errcode = 'foreign_key_violation', column = 'provider', table = 'outbox', schema = 'redrive',
        hint = 'Create the provider in the dashboard or with POST /api/v1/providers, or mend its name.';
  end if;

  -- Always the text's own size: stored compressed, or as numbers with exponents, far more than 1 MiB looks small.
  select fresh.provider, octet_length(fresh.payload::text) as bytes into bad
  from fresh
  where octet_length(fresh.payload::text) > 1048576
  limit 1;
  if found then
    raise exception 'payload of % bytes for provider "%" is over the limit of 1 MiB (1048576 bytes)', bad.bytes, bad.provider
      using errcode = 'program_limit_exceeded', column = 'payload', table = 'outbox', schema = 'redrive',
        hint = 'Keep large content elsewhere and send a reference to it.';
  end if;

  insert into redrive.queue (record_id, provider, priority, due_at, ordering_key)
  select fresh.id, fresh.provider, fresh.priority, greatest(coalesce(fresh.not_before, now()), now()), fresh.ordering_key
  from fresh;

  for idle in
    select state.provider
    from redrive.provider_state as state
    where state.provider in (select fresh.provider from fresh where fresh.not_before is null or fresh.not_before <= now())
      and (
        (redrive.hold_of(state.*) is null and (state.rests_until is null or state.rests_until <= now()))
        -- Between two runs of a provider, a record is reason enough for the next.
        or (state.insert_wakes and not state.disabled and state.paused_at is null)
      )
      and (state.lease_until is null or state.lease_until < now())
      -- With no worker alive a job would only pile up: a worker that starts sweeps at once.
      and exists (select from redrive.workers where workers.seen_at > now() - interval '30 seconds')
  loop
    perform graphile_worker.add_job('drain', json_build_object('provider', idle, 'inserted', true), max_attempts => 1);
  end loop;
  return null;
end
$$;

select redrive.ensure_trigger('redrive.outbox', 'outbox_inserted', $$
  create trigger outbox_inserted
  after insert on redrive.outbox
  referencing new table as fresh
  for each statement execute function redrive.outbox_inserted();
$$);
