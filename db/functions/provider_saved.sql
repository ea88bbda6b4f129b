-- A provider's hot row is made with it. A change of policy reaches it at once, whoever makes it: what the gate said under
-- the old policy is forgotten, and the flags are kept in step.
create or replace function redrive.provider_saved() returns trigger
language plpgsql
as $$
begin
  insert into redrive.provider_state (provider, disabled)
  values (new.slug, not coalesce((new.policy -> 'flags' ->> 'enabled')::boolean, true))
  on conflict (provider) do update set
    disabled = excluded.disabled,
    rests_until = null,
    gate_hold = null,
    gate_until = null,
    gate_reason = null,
    insert_wakes = false,
    -- Another health check has said nothing yet.
    gate = case
      when old.policy -> 'health' is distinct from new.policy -> 'health' then provider_state.gate - 'health'
      else provider_state.gate
    end;

  insert into redrive.flags (provider, name, value, updated_by)
  select new.slug, flag.key, flag.value, new.updated_by
  from jsonb_each(coalesce(new.policy -> 'flags', '{}')) as flag
  on conflict (provider, name) do update set
    value = excluded.value,
    updated_at = clock_timestamp(),
    updated_by = excluded.updated_by
  where flags.value is distinct from excluded.value;
  return null;
end
$$;

select redrive.ensure_trigger('redrive.providers', 'provider_saved', $$
  create trigger provider_saved
  after insert or update on redrive.providers
  for each row execute function redrive.provider_saved();
$$);
