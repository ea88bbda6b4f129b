-- A provider's hot row is made with it; enabling and disabling reach it at once, whoever changes the policy.
create or replace function redrive.provider_saved() returns trigger
language plpgsql
as $$
begin
  insert into redrive.provider_state (provider, disabled)
  values (new.slug, not coalesce((new.policy -> 'flags' ->> 'enabled')::boolean, true))
  on conflict (provider) do update set disabled = excluded.disabled
  where provider_state.disabled is distinct from excluded.disabled;
  return null;
end
$$;

do $$
begin
  -- Only when it is missing: creating a trigger locks the table against writers, replacing its function locks nothing.
  if not exists (
    select from pg_trigger where tgname = 'provider_saved' and tgrelid = 'redrive.providers'::regclass
  ) then
    create trigger provider_saved
    after insert or update on redrive.providers
    for each row execute function redrive.provider_saved();
  end if;
end
$$;
