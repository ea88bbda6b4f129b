-- A producer's idempotency key names one record of a provider: a second insert makes none, whoever is first. Only rows with
-- a key come here; two that carry the same key at once wait for each other, no others do.
create or replace function redrive.outbox_keeps_first() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into redrive.enqueued_keys (provider, key, record_id)
  values (new.provider, new.idempotency_key, new.id)
  on conflict (provider, key) do nothing;
  if found then
    return new;
  end if;
  return null;
end
$$;

select redrive.ensure_trigger('redrive.outbox', 'outbox_keeps_first', $$
  create trigger outbox_keeps_first
  before insert on redrive.outbox
  for each row when (new.idempotency_key is not null)
  execute function redrive.outbox_keeps_first();
$$);

-- The record that has a producer's idempotency key; null when there is none.
create or replace function redrive.enqueued(provider text, idempotency_key text) returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select enqueued_keys.record_id
  from redrive.enqueued_keys
  where enqueued_keys.provider = enqueued.provider and enqueued_keys.key = enqueued.idempotency_key
$$;
