// Signed calls as bytes, made before anything is measured: the generator then only writes and reads.
import { createHmac, randomBytes } from "node:crypto";

/** Standard Webhooks' own example. */
export const benchSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const benchSource = "bench";
export const benchProvider = "bench";

/** An event of 1 KB, as mail services send them. */
const body = JSON.stringify({
  type: "mail.opened",
  timestamp: "2026-11-21T10:00:00Z",
  data: {
    customer: "c-4711",
    campaign: "autumn",
    link: "https://shop.example/products/1234",
    filling: "x".repeat(850),
  },
});

/** Requests, each with an id of its own. */
export function signedCalls(count: number): Buffer[] {
  const key = Buffer.from(benchSecret.replace("whsec_", ""), "base64");
  const seconds = Math.floor(Date.now() / 1_000);
  const run = randomBytes(6).toString("hex");
  return Array.from({ length: count }, (_, nth) => {
    const id = `msg_${run}_${nth}`;
    const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
    return Buffer.from(
      `POST /api/v1/inbound/${benchSource} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n` +
        `content-length: ${body.length}\r\nwebhook-id: ${id}\r\nwebhook-timestamp: ${seconds}\r\n` +
        `webhook-signature: v1,${signature}\r\n\r\n${body}`,
    );
  });
}
