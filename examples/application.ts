// A shop's own code in Redrive's worker. Start a worker with REDRIVE_APPLICATION=examples/application.ts to have it.
//
//   create table viewed_products (customer text, product text, viewed_at timestamptz not null, primary key (customer, product));
//   create table views_by_day (day date, product text, views bigint not null, primary key (day, product));
//   create table counted_views (record_id uuid primary key);
//   create table companies (number text primary key);
import { z } from "zod";
import { connectSql, type Sql } from "#db/client.ts";
import { BadPayload } from "#worker/adapters/adapter.ts";
import type { Handler } from "#worker/adapters/handler.ts";
import { defineApplication, type ScheduleFunction } from "#worker/application.ts";
import { companyRegister } from "./company-register.ts";

const View = z.object({ customer: z.string(), product: z.string(), viewedAt: z.iso.datetime() });

/** Remembers what a customer looked at last. The same event twice leaves the same row. */
const viewedProducts: Handler = async (payload) => {
  const { customer, product, viewedAt } = view(payload);
  await shop()`
    insert into viewed_products (customer, product, viewed_at)
    values (${customer}, ${product}, ${viewedAt})
    on conflict (customer, product) do update
    set viewed_at = greatest(viewed_products.viewed_at, excluded.viewed_at)`;
};

/** Counts views by day. A count is not the same twice, so the record's id is written down with it, in one statement. */
const viewStatistics: Handler = async (payload, { record }) => {
  const { product, viewedAt } = view(payload);
  const counted = await shop()`
    with counted as (
      insert into counted_views (record_id) values (${record.id})
      on conflict do nothing
      returning record_id
    )
    insert into views_by_day (day, product, views)
    select ${viewedAt.slice(0, 10)}::date, ${product}, 1 from counted
    on conflict (day, product) do update set views = views_by_day.views + 1
    returning day`;
  return { counted: counted.length === 1 };
};

/** Asks each night for every company that we do business with; the register's limit is one question a day. */
const refreshCompanies: ScheduleFunction = async ({ day, enqueue, log }) => {
  const companies = await shop()<{ number: string }[]>`select number from companies order by number`;
  enqueue(
    companies.map(({ number }) => ({ payload: { number }, dedupeKey: number, subject: `Company ${number}` })),
  );
  log.info({ day, records: companies.length }, "companies will be refreshed");
};

export default defineApplication({
  adapters: { "company-register": companyRegister },
  handlers: { "viewed-products": viewedProducts, "view-statistics": viewStatistics },
  schedules: { "refresh-companies": refreshCompanies },
});

function view(payload: unknown): z.infer<typeof View> {
  const parsed = View.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BadPayload(`${issue?.path.join(".")}: ${issue?.message}`);
}

/** The shop's database, connected when the first record needs it. */
let sql: Sql | null = null;
function shop(): Sql {
  sql ??= connectSql(process.env.DATABASE_URL ?? "", { name: "shop", max: 5 });
  return sql;
}
