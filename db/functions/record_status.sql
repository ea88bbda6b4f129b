-- How a record stands, for producers in any language; no row for an id that does not exist.
create or replace function redrive.record_status(id uuid)
returns table (status text, attempts int, last_error text, due_at timestamptz, settled_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  with last_attempt as (
    select events.detail ->> 'error' as error
    from redrive.events
    where events.record_id = record_status.id and events.kind in ('attempted', 'failed', 'discarded', 'interrupted')
    order by events.at desc
    limit 1
  ), settled as (
    select events.kind, events.at
    from redrive.events
    where events.record_id = record_status.id and events.kind in ('delivered', 'duplicate', 'rejected', 'discarded', 'shadowed')
    order by events.at desc
    limit 1
  ), tried as (
    select coalesce(max(events.attempt), 0)::int as attempts
    from redrive.events
    where events.record_id = record_status.id
  )
  select
    case
      when queue.record_id is not null then
        case
          when queue.record_id = any (state.in_flight) and state.lease_until > now() then 'sending'
          when redrive.hold_of(state.*) is not null then 'held'
          when queue.tries > 0 then 'retrying'
          else 'waiting'
        end
      when failures.state = 'open' then 'failed'
      when settled.kind = 'shadowed' then 'discarded'
      else settled.kind
    end,
    tried.attempts,
    (select error from last_attempt),
    -- Behind another record of its ordering key it has no time of its own.
    case when queue.due_at < 'infinity' then queue.due_at end,
    case when queue.record_id is null and failures.state is distinct from 'open' then settled.at end
  from redrive.outbox
  left join redrive.queue on queue.record_id = outbox.id
  left join redrive.failures on failures.record_id = outbox.id
  left join redrive.provider_state as state on state.provider = outbox.provider
  left join settled on true
  cross join tried
  where outbox.id = record_status.id
$$;
