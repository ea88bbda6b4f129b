// Calls signed as senders of Standard Webhooks sign them.
import { createHmac } from "node:crypto";

/** The secret of the Standard Webhooks' own examples. */
export const webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

export type Signed = { id?: string; secret?: string; at?: number };

/** The headers of a Standard Webhooks call over `body`. */
export function standardHeaders(
  body: string | Buffer,
  { id = crypto.randomUUID(), secret = webhookSecret, at = Date.now() }: Signed = {},
): Record<string, string> {
  const seconds = String(Math.floor(at / 1_000));
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.`).update(body).digest("base64");
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": seconds,
    "webhook-signature": `v1,${signature}`,
  };
}
