-- Two lists of counts added place by place; a missing place counts nothing, so a list may grow by a new kind.
create or replace function redrive.add_counts(present int[], more int[]) returns int[]
language sql immutable parallel safe
as $$
  select coalesce(array_agg(coalesce(a, 0) + coalesce(b, 0) order by place), '{}')
  from unnest(present, more) with ordinality as pair(a, b, place)
$$;
