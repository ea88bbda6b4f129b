-- Why nothing is sent to a provider now; null when records may go. The order is the order in which reasons are looked at:
-- what a person decided, what the calendar and the quota say, the breaker, the health check.
create or replace function redrive.hold_of(state redrive.provider_state) returns text
language sql stable parallel safe
as $$
  select case
    when (state).disabled then 'disabled'
    when (state).paused_at is not null then 'paused'
    when (state).gate_hold in ('outside_window', 'quota_spent') and coalesce((state).gate_until > now(), true)
      then (state).gate_hold
    when (state).breaker = 'open' then 'breaker_open'
    when (state).gate_hold = 'unhealthy' and coalesce((state).gate_until > now(), true) then 'unhealthy'
  end
$$;

-- Until when, if a time is set.
create or replace function redrive.hold_until_of(state redrive.provider_state) returns timestamptz
language sql stable parallel safe
as $$
  select case redrive.hold_of(state)
    when 'paused' then (state).paused_until
    when 'breaker_open' then (state).next_probe_at
    when 'outside_window' then (state).gate_until
    when 'quota_spent' then (state).gate_until
    when 'unhealthy' then (state).gate_until
  end
$$;
