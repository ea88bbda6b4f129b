-- The insert into the outbox as a function that returns the id: of the first record, where its idempotency key is known.
-- It runs with the caller's rights.
create or replace function redrive.enqueue(
  provider text,
  payload jsonb,
  id uuid default null,
  type text default null,
  idempotency_key text default null,
  dedupe_key text default null,
  ordering_key text default null,
  correlation_id text default null,
  owner text default null,
  subject text default null,
  headers jsonb default null,
  priority int default 0,
  not_before timestamptz default null,
  on_delivered text default null,
  on_failed text default null,
  on_rejected text default null,
  keep_response boolean default false
) returns uuid
language plpgsql
as $$
declare
  record_id uuid := coalesce(enqueue.id, redrive.uuid_v7());
begin
  insert into redrive.outbox (
    id, provider, payload, type, idempotency_key, dedupe_key, ordering_key, correlation_id, owner, subject, headers,
    priority, not_before, on_delivered, on_failed, on_rejected, keep_response
  ) values (
    record_id, enqueue.provider, enqueue.payload, enqueue.type, enqueue.idempotency_key, enqueue.dedupe_key,
    enqueue.ordering_key, enqueue.correlation_id, enqueue.owner, enqueue.subject, enqueue.headers,
    coalesce(enqueue.priority, 0)::smallint, enqueue.not_before, enqueue.on_delivered, enqueue.on_failed, enqueue.on_rejected,
    coalesce(enqueue.keep_response, false)
  );
  if not found then
    return redrive.enqueued(enqueue.provider, enqueue.idempotency_key);
  end if;
  return record_id;
end
$$;
