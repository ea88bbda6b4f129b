// Whether a request comes from Slack, and now: signed with our app's secret over its time and its exact bytes.
// https://docs.slack.dev/authentication/verifying-requests-from-slack
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** An older request, or one from the future, is somebody's recording. */
export const signatureAgeMsMax = 5 * 60_000;

export type Signed =
  /** `key` is the same for the same request and for no other: it tells a replay. */
  { isGenuine: true; key: string } | { isGenuine: false; why: string };

type Given = { secret: string; headers: Headers; body: Buffer; nowMs: number };

export function readSignature({ secret, headers, body, nowMs }: Given): Signed {
  // A header that is sent twice arrives as one with a comma, which fits neither.
  const timestamp = headers.get("x-slack-request-timestamp") ?? "";
  const signature = headers.get("x-slack-signature") ?? "";
  if (!/^\d{1,12}$/.test(timestamp)) return refused("it has no X-Slack-Request-Timestamp of Slack's form");
  if (!/^v0=[0-9a-f]{64}$/.test(signature)) return refused("it has no X-Slack-Signature of Slack's form");
  const expected = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature.slice(3), "hex"))) {
    return refused("its signature is not made with our app's signing secret");
  }
  if (Math.abs(nowMs - Number(timestamp) * 1_000) > signatureAgeMsMax) {
    return refused("its time is more than five minutes from ours");
  }
  return { isGenuine: true, key: `slack:${createHash("sha256").update(expected).digest("hex")}` };
}

const refused = (why: string): Signed => ({ isGenuine: false, why });
