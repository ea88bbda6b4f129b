-- After each insert into the outbox: refuses what can never be delivered, queues the rest, and wakes the providers that
-- nobody delivers for. It locks no row that another transaction writes, so no enqueue ever waits for another.
create or replace function redrive.outbox_inserted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  bad record;
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

  -- No checks of the table: Postgres makes those ready anew for each statement, which cost an insert of one record a fifth.
  -- Of a payload always the text's own size: stored compressed, or as numbers with exponents, far more than 1 MiB looks small.
  select fresh.provider, fresh.id, fresh.field, octet_length(fresh.payload::text) as bytes into bad
  from (
    select
      fresh.provider, fresh.id, fresh.payload,
      case
        when get_byte(uuid_send(fresh.id), 6) >> 4 <> 7 then 'id'
        when jsonb_typeof(fresh.headers) <> 'object' then 'headers'
        when length(fresh.idempotency_key) not between 1 and 200 then 'idempotency_key'
        when length(fresh.dedupe_key) not between 1 and 200 then 'dedupe_key'
        when length(fresh.ordering_key) not between 1 and 200 then 'ordering_key'
        -- graphile-worker takes names of at most 128 characters.
        when length(fresh.on_delivered) not between 1 and 128 then 'on_delivered'
        when length(fresh.on_failed) not between 1 and 128 then 'on_failed'
        when length(fresh.on_rejected) not between 1 and 128 then 'on_rejected'
        when octet_length(fresh.payload::text) > 1048576 then 'payload'
      end as field
    from fresh
    offset 0
  ) as fresh
  where fresh.field is not null
  limit 1;
  if found then
    case bad.field
      when 'payload' then
        raise exception 'payload of % bytes for provider "%" is over the limit of 1 MiB (1048576 bytes)', bad.bytes, bad.provider
          using errcode = 'program_limit_exceeded', column = 'payload', table = 'outbox', schema = 'redrive',
            hint = 'Keep large content elsewhere and send a reference to it.';
      when 'id' then
        raise exception 'the id % is no UUIDv7', bad.id
          using errcode = 'check_violation', constraint = 'outbox_id_is_uuid_v7', column = 'id', table = 'outbox', schema = 'redrive',
            hint = 'Leave the id out, or make it with redrive.uuid_v7().';
      when 'headers' then
        raise exception 'the headers are no JSON object'
          using errcode = 'check_violation', constraint = 'outbox_headers_are_an_object', column = 'headers', table = 'outbox', schema = 'redrive',
            hint = 'Write them as {"name": "value"}, or leave them out.';
      when 'on_delivered', 'on_failed', 'on_rejected' then
        raise exception '% must have between 1 and 128 characters, as the name of a graphile-worker task', bad.field
          using errcode = 'check_violation', constraint = 'outbox_task_names_fit', column = bad.field, table = 'outbox', schema = 'redrive',
            hint = 'Name the task, or leave it out.';
      else
        raise exception '% must have between 1 and 200 characters', bad.field
          using errcode = 'check_violation', constraint = 'outbox_keys_fit', column = bad.field, table = 'outbox', schema = 'redrive',
            hint = 'Shorten it, for example to a hash of it, or leave it out.';
    end case;
  end if;

  insert into redrive.queue (record_id, provider, priority, due_at, ordering_key)
  select fresh.id, fresh.provider, fresh.priority, greatest(coalesce(fresh.not_before, now()), now()), fresh.ordering_key
  from fresh;

  perform graphile_worker.add_job('drain', json_build_object('provider', state.provider, 'inserted', true), max_attempts => 1)
  from redrive.provider_state as state
  where state.provider in (select fresh.provider from fresh where fresh.not_before is null or fresh.not_before <= now())
    and (
      (redrive.hold_of(state.*) is null and (state.rests_until is null or state.rests_until <= now()))
      -- Between two runs of a provider, a record is reason enough for the next.
      or (state.insert_wakes and not state.disabled and state.paused_at is null)
    )
    and (state.lease_until is null or state.lease_until < now())
    -- With no worker alive a job would only pile up: a worker that starts sweeps at once.
    and exists (select from redrive.workers where workers.seen_at > now() - interval '30 seconds');
  return null;
end
$$;

select redrive.ensure_trigger('redrive.outbox', 'outbox_inserted', $$
  create trigger outbox_inserted
  after insert on redrive.outbox
  referencing new table as fresh
  for each statement execute function redrive.outbox_inserted();
$$);
