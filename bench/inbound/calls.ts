// Calls signed before anything is measured: the generator then only writes and reads.
import { createHmac, createSecretKey, randomBytes } from "node:crypto";

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

/** Calls, each with an id of its own, as short as can be: half a million of them have to wait somewhere. */
export type SignedCalls = { count: number; text: (nth: number) => string };

export function signedCalls(count: number): SignedCalls {
  const key = createSecretKey(Buffer.from(benchSecret.replace("whsec_", ""), "base64"));
  const seconds = Math.floor(Date.now() / 1_000);
  const run = randomBytes(6).toString("hex");
  const idOf = (nth: number) => `msg_${run}_${nth}`;
  const signatures = Array.from({ length: count }, (_, nth) =>
    createHmac("sha256", key)
      .update(`${idOf(nth)}.${seconds}.${body}`)
      .digest("base64"),
  );
  const head =
    `POST /api/v1/inbound/${benchSource} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n` +
    `content-length: ${body.length}\r\nwebhook-timestamp: ${seconds}\r\n`;
  return {
    count,
    text: (nth) =>
      `${head}webhook-id: ${idOf(nth)}\r\nwebhook-signature: v1,${signatures[nth]}\r\n\r\n${body}`,
  };
}
