-- The role that applications are granted: it may enqueue and ask how a record stands, and nothing else.
do $$
begin
  if not exists (select from pg_roles where rolname = 'redrive_producer') then
    create role redrive_producer nologin;
  end if;
exception
  -- Roles belong to the whole server: another database's migration may have been first.
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then
    raise warning 'the role redrive_producer is missing and this user may not create it; ask an administrator to run: create role redrive_producer nologin';
end
$$;

do $$
begin
  if exists (select from pg_roles where rolname = 'redrive_producer') then
    revoke all on all functions in schema redrive from public;
    grant usage on schema redrive to redrive_producer;
    grant insert on redrive.outbox to redrive_producer;
    grant execute on function redrive.uuid_v7(), redrive.enqueue, redrive.record_status(uuid),
      redrive.enqueued(text, text) to redrive_producer;
  end if;
end
$$;
