-- A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, 12 bits of the millisecond's fraction, 62 random bits, so that ids
-- sort by time to the microsecond, and the newest partition is always the one written to.
-- PostgreSQL 18 has its own, which also never goes back within a session.
do $$
begin
  if current_setting('server_version_num')::int >= 180000 then
    create or replace function redrive.uuid_v7() returns uuid
    language sql volatile parallel safe
    as 'select pg_catalog.uuidv7()';
  else
    create or replace function redrive.uuid_v7() returns uuid
    language plpgsql volatile parallel safe
    as $body$
    declare
      micros bigint := floor(extract(epoch from clock_timestamp()) * 1000000)::bigint;
      bytes bytea := uuid_send(gen_random_uuid());
      fraction int := ((micros % 1000) * 4096 / 1000)::int;
    begin
      bytes := overlay(bytes placing substring(int8send(micros / 1000) from 3 for 6) from 1 for 6);
      bytes := set_byte(bytes, 6, 112 | (fraction >> 8));
      bytes := set_byte(bytes, 7, fraction & 255);
      return encode(bytes, 'hex')::uuid;
    end
    $body$;
  end if;
end
$$;

-- The smallest UUIDv7 of a moment: the edge of a partition, or of a search by time.
create or replace function redrive.uuid_v7_floor(moment timestamptz) returns uuid
language sql immutable parallel safe
as $$
  select encode(
    substring(int8send(floor(extract(epoch from moment) * 1000)::bigint) from 3 for 6) || '\x70008000000000000000'::bytea,
    'hex'
  )::uuid
$$;

-- When a UUIDv7 was made, to the millisecond.
create or replace function redrive.uuid_v7_time(id uuid) returns timestamptz
language sql immutable parallel safe
as $$
  select to_timestamp(('x' || substring(encode(uuid_send(id), 'hex') for 12))::bit(48)::bigint / 1000.0)
$$;

-- The same with the fraction of the millisecond that the twelve bits after it hold, to a quarter of a microsecond.
create or replace function redrive.uuid_v7_moment(id uuid) returns timestamptz
language sql immutable parallel safe
as $$
  select redrive.uuid_v7_time(id)
    + interval '1 microsecond' * (('x' || substring(encode(uuid_send(id), 'hex') from 14 for 3))::bit(12)::int * 1000 / 4096.0)
$$;
