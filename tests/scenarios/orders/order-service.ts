// An order service as an application builds it on Redrive: a table of its own, and a flow of steps, each a record for a
// third party. What follows a step is a task, added in the transaction that settles it.
//
//   NEW ─ create ─▶ CREATED ─ check availability ─▶ AVAILABLE ─ finish ─▶ FINISHED
//                      └──────── a step is rejected by a person ────────▶ REJECTED
import { type Api, anApi } from "#tests/integration/api/app.ts";
import { aWorker, createdProvider, eventually, type Policy } from "#tests/support/engine.ts";
import { aProviderServer, ok, type ProviderServer, type Received } from "#tests/support/provider-server.ts";
import type { Application } from "#worker/application.ts";
import type { Worker } from "#worker/main.ts";

type Told = { recordId: string; correlationId: string; response: string | null; reason?: string };
type Answer = Parameters<ProviderServer["answer"]>[0];

export type OrderService = Api & {
  worker: Worker;
  /** The three third parties, on one server: /create, /check, /finish. */
  server: ProviderServer;
  /** From now on a step is answered so. */
  answer: (step: string, answer: Answer) => void;
  /** Inserts an order and its first step in one transaction. @returns the order's id. */
  order: (payload?: Record<string, unknown>) => Promise<string>;
  statusOf: (order: string) => Promise<string>;
  untilStatus: (order: string, status: string) => Promise<void>;
  /** The record of an order's step; throws while there is none. */
  stepOf: (order: string, step: string) => Promise<string>;
};

const steps = ["create", "check", "finish"];
const reached: Record<string, string> = { create: "CREATED", check: "AVAILABLE", finish: "FINISHED" };

export async function anOrderService(policy: Partial<Policy> = {}, env = {}): Promise<OrderService> {
  const api = await anApi(env);
  const { sql } = api;
  await sql`create table orders (id text primary key, status text not null default 'NEW', reason text)`;
  const answers = new Map<string, Answer>();
  const server = await aProviderServer((received, response) =>
    (answers.get(pathOf(received)) ?? ok)(received, response),
  );
  const insertStep = (on: typeof sql, order: string, step: string, payload: unknown) => on`
    insert into redrive.outbox
      (provider, payload, type, correlation_id, subject, owner, on_delivered, on_rejected)
    values (
      ${step}, ${sql.json(payload as never)}, ${step}, ${order}, ${`Order ${order}`}, 'customer-7',
      'orders.went', 'orders.rejected'
    )`;
  const tasks: Application["tasks"] = {
    "orders.went": async (payload) => {
      const { recordId, correlationId } = payload as Told;
      await sql.begin(async (transaction) => {
        const [step] = await transaction<{ type: string; payload: unknown }[]>`
          select type, payload from redrive.outbox where id = ${recordId}`;
        const { type = "", payload: sent } = step ?? {};
        await transaction`update orders set status = ${reached[type] ?? "?"} where id = ${correlationId}`;
        const next = steps[steps.indexOf(type) + 1];
        if (next) await insertStep(transaction as unknown as typeof sql, correlationId, next, sent);
      });
    },
    "orders.rejected": async (payload) => {
      const { recordId, reason } = payload as Told;
      await sql`
        update orders set status = 'REJECTED', reason = ${reason ?? null}
        where id = (select correlation_id from redrive.outbox where id = ${recordId})`;
    },
  };
  const worker = await aWorker(
    api.url,
    { REDRIVE_SECRET: process.env.REDRIVE_SECRET ?? "", NEXTAUTH_URL: process.env.NEXTAUTH_URL ?? "" },
    { tasks },
  );
  for (const step of steps) {
    await createdProvider(sql, step, { url: `${server.url}/${step}`, name: namesOf[step], ...policy });
  }
  let orders = 0;
  return {
    ...api,
    worker,
    server,
    answer: (step, answer) => answers.set(step, answer),
    async order(payload = { article: "A-1" }) {
      const id = `O-${++orders}`;
      await sql.begin(async (transaction) => {
        await transaction`insert into orders (id) values (${id})`;
        await insertStep(transaction as unknown as typeof sql, id, "create", payload);
      });
      return id;
    },
    statusOf: (order) => statusIn(api, order),
    untilStatus: (order, status) =>
      eventually(async () => {
        const now = await statusIn(api, order);
        if (now !== status) throw new Error(`order ${order} is ${now}, not ${status}`);
      }),
    async stepOf(order, step) {
      const [row] = await sql<{ id: string }[]>`
        select id from redrive.outbox where correlation_id = ${order} and type = ${step}`;
      if (!row) throw new Error(`order ${order} has no step ${step} yet`);
      return row.id;
    },
    [Symbol.asyncDispose]: async () => {
      await worker.stop();
      await server[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}

const namesOf: Record<string, string> = { create: "Order desk", check: "Supplier", finish: "Billing" };

const pathOf = ({ url }: Received): string => url.slice(1);

async function statusIn({ sql }: Api, order: string): Promise<string> {
  const [row] = await sql<{ status: string }[]>`select status from orders where id = ${order}`;
  return row?.status ?? "no such order";
}
