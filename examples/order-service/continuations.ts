// What follows a step, in Redrive's worker: start it with REDRIVE_APPLICATION=examples/order-service/continuations.ts. Each
// is added in the transaction that settles the step's record, and may run twice.
import postgres, { type Sql } from "postgres";
import { z } from "zod";
import { defineApplication } from "#worker/application.ts";
import { type Order, owe } from "./orders.ts";

const Told = z.object({ recordId: z.guid(), reason: z.string().nullish() });

/** Moves the order that is at this step on, from one status alone: the second time changes nothing. */
const moves =
  (
    from: string[],
    to: string,
    then: (tx: postgres.TransactionSql, order: Order) => Promise<void> = async () => {},
  ) =>
  async (payload: unknown): Promise<void> => {
    const { recordId, reason = null } = Told.parse(payload);
    await service().begin(async (tx) => {
      const [order] = await tx<Order[]>`
        update orders set status = ${to}, reason = ${reason}
        where record_id = ${recordId} and status = any (${from})
        returning id, article, quantity, status, reason`;
      if (order) await then(tx, order);
    });
  };

export default defineApplication({
  tasks: {
    "orders.reserved": moves(["NEW"], "RESERVED", (tx, order) => owe(tx, "billing", order)),
    "orders.invoiced": moves(["RESERVED"], "INVOICED"),
    "orders.refused": moves(["NEW", "RESERVED"], "REFUSED"),
  },
});

/** The service's database, connected when the first task needs it. */
let sql: Sql | null = null;
function service(): Sql {
  sql ??= postgres(process.env.DATABASE_URL ?? "", { max: 2 });
  return sql;
}
