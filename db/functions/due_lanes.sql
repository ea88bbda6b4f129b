-- The priorities that a provider's queue holds, and whether each has a due row: one or two index probes a lane, however
-- many rows it has.
create or replace function redrive.due_lanes(of_provider text)
returns table (priority smallint, is_due boolean)
language sql stable
as $$
  with recursive lane(priority) as (
    (select queue.priority from redrive.queue where queue.provider = of_provider order by queue.priority limit 1)
    union all
    select (
      select queue.priority
      from redrive.queue
      where queue.provider = of_provider and queue.priority > lane.priority
      order by queue.priority
      limit 1
    )
    from lane
    where lane.priority is not null
  )
  select
    lane.priority,
    exists (
      select
      from redrive.queue
      where queue.provider = of_provider and queue.priority = lane.priority and queue.due_at <= now()
    )
  from lane
  where lane.priority is not null
$$;
