// The carrier's own program: says that an order has left, signed by Standard Webhooks, to the source `carrier` of Redrive.
//
//   CARRIER_SECRET=whsec_… node examples/order-service/carrier.ts ORDER
import { Webhook } from "standardwebhooks";

const { REDRIVE_URL = "http://localhost:3000", CARRIER_SECRET = "" } = process.env;
const [order = ""] = process.argv.slice(2);

// The same each time that it is said: however often it comes, Redrive stores it once.
const id = `shipped-${order}`;
const body = JSON.stringify({ event: "shipped", order });
const now = new Date();
const response = await fetch(`${REDRIVE_URL}/api/v1/inbound/carrier`, {
  method: "POST",
  body,
  headers: {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": new Webhook(CARRIER_SECRET).sign(id, now, body),
  },
});
process.stdout.write(`${response.status} ${await response.text()}\n`);
