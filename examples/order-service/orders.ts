// An order and its steps: each step is a record for a third party, enqueued in the transaction that changes the order.
//
//   NEW ─ warehouse ─▶ RESERVED ─ billing ─▶ INVOICED ─ the carrier's webhook ─▶ SHIPPED
//    └────────── a step is rejected by a person ──────────▶ REFUSED
import type { TransactionSql } from "postgres";
import { enqueue } from "redrive/enqueue";

export type Order = { id: string; article: string; quantity: number; status: string; reason: string | null };

const steps = { warehouse: "orders.reserved", billing: "orders.invoiced" } as const;
export type Step = keyof typeof steps;

/** Owes a third party the order's next step. What goes on from there is a task, in continuations.ts. */
export async function owe(tx: TransactionSql, step: Step, order: Order): Promise<void> {
  const { id, article, quantity } = order;
  const recordId = await enqueue(tx, {
    provider: step,
    payload: { order: id, article, quantity },
    type: step,
    subject: `Order ${id}`,
    correlationId: id,
    // Twice the same step is once the same record.
    idempotencyKey: `${step}:${id}`,
    onDelivered: steps[step],
    onRejected: "orders.refused",
  });
  await tx`update orders set record_id = ${recordId} where id = ${id}`;
}
