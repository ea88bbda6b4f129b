-- The first waiting record of an ordering key, if nothing before it holds it up: parked until now, it becomes due.
create or replace function redrive.unpark_next(of_provider text, of_key text) returns int
language plpgsql
as $$
declare
  unparked int;
begin
  with first as (
    select queue.record_id
    from redrive.queue
    where queue.provider = of_provider and queue.ordering_key = of_key
    order by queue.record_id
    limit 1
  ), free as (
    -- Who has it in hands may wait for the failure group that we hold. What is left so, unpark_heads finds.
    select queue.record_id
    from redrive.queue
    join first on first.record_id = queue.record_id
    for no key update of queue skip locked
  )
  update redrive.queue
  set due_at = clock_timestamp()
  from free as first
  where queue.record_id = first.record_id
    and queue.due_at = 'infinity'
    and not redrive.is_held_up(of_provider, of_key, first.record_id);
  get diagnostics unparked = row_count;
  return unparked;
end
$$;

-- Whether an open failure stands before a record of its ordering key.
create or replace function redrive.is_held_up(of_provider text, of_key text, before uuid) returns boolean
language sql stable
as $$
  select exists (
    select
    from redrive.failures
    where failures.provider = of_provider and failures.ordering_key = of_key and failures.record_id < before
      and failures.state = 'open' and failures.skipped_by is null
  )
$$;

-- Every parked record that is first of its key. People's acts and a provider's owner unpark what they set free; this finds
-- what two of them left behind who did not see each other. One index probe a key, however many records wait.
create or replace function redrive.unpark_heads() returns int
language plpgsql
as $$
declare
  unparked int;
begin
  with recursive head(provider, ordering_key, record_id, due_at) as (
    (
      select provider, ordering_key, record_id, due_at
      from redrive.queue
      where ordering_key is not null
      order by provider, ordering_key, record_id
      limit 1
    )
    union all
    select next.*
    from head
    cross join lateral (
      select queue.provider, queue.ordering_key, queue.record_id, queue.due_at
      from redrive.queue
      where queue.ordering_key is not null
        and (queue.provider, queue.ordering_key) > (head.provider, head.ordering_key)
      order by queue.provider, queue.ordering_key, queue.record_id
      limit 1
    ) as next
  )
  update redrive.queue
  set due_at = clock_timestamp()
  from head
  where queue.record_id = head.record_id
    and head.due_at = 'infinity'
    and queue.due_at = 'infinity'
    and not redrive.is_held_up(head.provider, head.ordering_key, head.record_id);
  get diagnostics unparked = row_count;
  return unparked;
end
$$;
