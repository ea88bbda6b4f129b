-- The outbox is append-only: what was owed stays written.
create or replace function redrive.outbox_refuses_change() returns trigger
language plpgsql
as $$
begin
  raise exception 'redrive.outbox is append-only: a record is never updated'
    using errcode = 'restrict_violation', hint = 'Insert a new record, or retry or reject this one.';
end
$$;

select redrive.ensure_trigger('redrive.outbox', 'outbox_refuses_update', $$
  create trigger outbox_refuses_update
  before update on redrive.outbox
  for each statement execute function redrive.outbox_refuses_change();
$$);
