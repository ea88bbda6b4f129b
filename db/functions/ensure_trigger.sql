-- Makes a trigger that is missing. Creating one locks its table against writers, so it is made once; replacing its
-- function, which each migration does, locks nothing.
create or replace function redrive.ensure_trigger(on_table regclass, name text, statement text) returns void
language plpgsql
as $$
begin
  if not exists (select from pg_trigger where tgname = ensure_trigger.name and tgrelid = on_table) then
    execute statement;
  end if;
end
$$;
