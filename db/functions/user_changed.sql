-- A new password or another role ends the sessions that were begun before, whoever writes it and however.
create or replace function redrive.user_changed() returns trigger
language plpgsql
as $$
begin
  new.session_version := old.session_version + 1;
  return new;
end
$$;

select redrive.ensure_trigger('redrive.users', 'user_changed', $$
  create trigger user_changed
  before update on redrive.users
  for each row
  when (old.password_hash is distinct from new.password_hash or old.role is distinct from new.role)
  execute function redrive.user_changed();
$$);
