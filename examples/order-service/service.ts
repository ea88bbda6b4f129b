// The service's own HTTP server: takes orders, tells how they stand, lets a step be tried again, and takes webhooks.
//
//   DATABASE_URL=… REDRIVE_URL=… REDRIVE_API_KEY=… WEBHOOK_SECRET=whsec_… node examples/order-service/service.ts
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import postgres from "postgres";
import { createClient, RedriveError } from "redrive/client";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { z } from "zod";
import { type Order, owe } from "./orders.ts";

const { DATABASE_URL = "", WEBHOOK_SECRET = "", SERVICE_PORT = "4002" } = process.env;
const sql = postgres(DATABASE_URL, { onnotice: () => {} });
const redrive = createClient();
const webhook = new Webhook(WEBHOOK_SECRET);

const NewOrder = z.strictObject({ article: z.string().min(1), quantity: z.int().min(1) });
const Shipped = z.object({ event: z.literal("shipped"), order: z.guid() });

type Answer = { status: number; body: unknown };
type Known = Order & { recordId: string };

/** The order and what the warehouse is owed: both or neither. */
async function take(text: string): Promise<Answer> {
  const { article, quantity } = NewOrder.parse(JSON.parse(text));
  const id = await sql.begin(async (tx) => {
    const [order] = await tx<
      Order[]
    >`insert into orders (article, quantity) values (${article}, ${quantity}) returning *`;
    if (!order) throw new Error("no order was stored");
    await owe(tx, "warehouse", order);
    return order.id;
  });
  return { status: 201, body: { id } };
}

/** How it stands, and how its step's delivery does, by the API. */
async function show(id: string): Promise<Answer> {
  const { status, reason, recordId } = await known(id);
  const { provider, status: delivery, lastError } = await redrive.getRecord(recordId);
  return { status: 200, body: { id, status, reason, step: { provider, delivery, lastError } } };
}

async function tryAgain(id: string): Promise<Answer> {
  const { recordId } = await known(id);
  const { dueAt } = await redrive.retryRecord(recordId, { reason: "the customer asked" });
  return { status: 202, body: { dueAt } };
}

/** A record of the provider `order-events`, signed by Redrive: what the carrier says. */
async function hear(text: string, headers: Record<string, string>): Promise<Answer> {
  const { order } = Shipped.parse(webhook.verify(text, headers));
  const seen = headers["webhook-id"] ?? "";
  await sql.begin(async (tx) => {
    const fresh =
      await tx`insert into seen_webhooks (id) values (${seen}) on conflict do nothing returning id`;
    if (fresh.length === 0) return;
    const [shipped] =
      await tx`update orders set status = 'SHIPPED' where id = ${order} and status = 'INVOICED' returning id`;
    if (shipped) return;
    const [found] = await tx<{ status: string }[]>`select status from orders where id = ${order}`;
    // Webhooks come in any order: it is not seen yet, and Redrive sends it again.
    if (found?.status === "NEW" || found?.status === "RESERVED") throw new TooEarly();
  });
  return { status: 204, body: null };
}

async function known(id: string): Promise<Known> {
  const [order] = await sql<Known[]>`
    select id, article, quantity, status, reason, record_id as "recordId" from orders where id::text = ${id}`;
  if (!order) throw new NotFound(`There is no order ${id}.`);
  return order;
}

class NotFound extends Error {}
class TooEarly extends Error {}

async function answer(request: IncomingMessage): Promise<Answer> {
  const [, noun, id = "", act] = (request.url ?? "").split("/");
  const text = await textOf(request);
  switch (`${request.method} ${noun}${id && "/id"}${act ? `/${act}` : ""}`) {
    case "POST orders":
      return take(text);
    case "GET orders/id":
      return show(id);
    case "POST orders/id/try-again":
      return tryAgain(id);
    case "POST webhooks":
      return hear(text, request.headers as Record<string, string>);
    default:
      throw new NotFound("There is nothing here.");
  }
}

/** Redrive reads the status: 401 and 422 are the record's fault, 500 and 503 are ours, and it is tried again. */
function refusal(error: unknown): Answer {
  const says = (status: number, words: string) => ({ status, body: { error: words } });
  if (error instanceof NotFound) return says(404, error.message);
  if (error instanceof TooEarly) return says(503, "The order is not that far yet.");
  if (error instanceof WebhookVerificationError) return says(401, "The signature is wrong.");
  if (error instanceof z.ZodError || error instanceof SyntaxError) return says(422, error.message);
  if (error instanceof RedriveError) return says(error.status === 409 ? 409 : 502, error.message);
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  return says(500, "Something went wrong here.");
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}

await sql.unsafe(readFileSync(new URL("schema.sql", import.meta.url), "utf8"));
const server = createServer(async (request, response) => {
  const { status, body } = await answer(request).catch(refusal);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(status === 204 ? undefined : JSON.stringify(body));
});
server.listen(Number(SERVICE_PORT), "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object")
    process.stdout.write(`The order service listens at http://127.0.0.1:${address.port}\n`);
});
