-- The service's own tables, in the database that Redrive is in: only so is a record enqueued together with its order.
create table if not exists orders (
  id uuid primary key default gen_random_uuid(),
  article text not null,
  quantity int not null check (quantity > 0),
  status text not null default 'NEW' check (status in ('NEW', 'RESERVED', 'INVOICED', 'SHIPPED', 'REFUSED')),
  reason text,
  -- The record of the step that the order is at.
  record_id uuid
);
-- A webhook may come twice; its effect must not.
create table if not exists seen_webhooks (id text primary key, at timestamptz not null default now());
