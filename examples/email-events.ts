// What a shop does with the events of its newsletter, some hundred thousand calls within minutes of each mailing: remembers
// the products that a customer looked at, and counts. The provider's policy: "url": "handler:email-events", "adapter": "handler".
//
//   create table viewed_products (customer text, product text, viewed_at timestamptz not null, primary key (customer, product));
//   create table email_statistics (day date, campaign text, event text, slot smallint, events bigint not null, primary key (day, campaign, event, slot));
import { z } from "zod";
import { BadPayload } from "#worker/adapters/adapter.ts";
import type { Handler } from "#worker/adapters/handler.ts";

const Event = z.object({
  type: z.enum(["email.opened", "email.clicked", "email.spam"]),
  timestamp: z.iso.datetime(),
  data: z.object({
    campaign: z.string().min(1),
    customer: z.string().min(1),
    product: z.string().optional(),
  }),
});

/** A count's rows: two events that come at once would wait for each other at one row. Whoever reads adds them up. */
const slots = 16;

/** Both writes are one transaction, which also says that the event is handled: one that comes twice counts once. */
export const emailEvents: Handler = async (payload, { sql }) => {
  const { success, data: event, error } = Event.safeParse(payload);
  if (!success) throw new BadPayload(said(error));
  const { type, timestamp, data } = event;
  const { campaign, customer, product } = data;
  if (type === "email.clicked" && product !== undefined) {
    // Events come in any order: the newest look stays.
    await sql`
      insert into viewed_products (customer, product, viewed_at)
      values (${customer}, ${product}, ${timestamp})
      on conflict (customer, product) do update
      set viewed_at = greatest(viewed_products.viewed_at, excluded.viewed_at)`;
  }
  await sql`
    insert into email_statistics (day, campaign, event, slot, events)
    values (${timestamp.slice(0, 10)}::date, ${campaign}, ${type}, ${Math.floor(Math.random() * slots)}, 1)
    on conflict (day, campaign, event, slot) do update set events = email_statistics.events + 1`;
};

const said = ({ issues: [issue] }: z.ZodError): string => `${issue?.path.join(".")}: ${issue?.message}`;
