// A shop's own code in Redrive's worker. Start a worker with REDRIVE_APPLICATION=examples/application.ts to have it.
//
//   create table companies (number text primary key);
import { connectSql, type Sql } from "#db/client.ts";
import { defineApplication, type ScheduleFunction } from "#worker/application.ts";
import { companyRegister } from "./company-register.ts";
import { emailEvents } from "./email-events.ts";

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
  handlers: { "email-events": emailEvents },
  schedules: { "refresh-companies": refreshCompanies },
});

/** The shop's database, connected when a schedule needs it; a handler is given a transaction in it. */
let sql: Sql | null = null;
function shop(): Sql {
  sql ??= connectSql(process.env.DATABASE_URL ?? "", { name: "shop", max: 5 });
  return sql;
}
