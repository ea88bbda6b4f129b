// Standard Webhooks: a signature over id, time and body, so that the receiver knows who sent it and when. While a secret is
// changed, the old and the new both sign, and the receiver checks with whichever it has.
import { Webhook } from "standardwebhooks";
import type { ProviderAuth } from "#lib/contract/policy.ts";
import type { Authorizer, Proof } from "#worker/auth/authorizer.ts";
import type { Request } from "#worker/http/call.ts";

type Secrets = NonNullable<Extract<ProviderAuth, { kind: "standard_webhooks" }>["secrets"]>;
type Signer = { webhook: Webhook; untilMs: number };

const names = new Set(["webhook-id", "webhook-timestamp", "webhook-signature"]);

/** @param secrets the newest first. */
export function createSigner(secrets: Secrets): Authorizer {
  const signers = secrets.map(signerOf);
  return {
    names,
    prove: (request, record, nowMs) => sign(signers, request, record, nowMs),
    // The same secrets would sign the same again.
    refused: async () => false,
  };
}

function signerOf(given: Secrets[number]): Signer {
  const { secret, until } = typeof given === "string" ? { secret: given, until: null } : given;
  // Decoded here: the package takes no base64 without its padding.
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return {
    webhook: new Webhook(key, { format: "raw" }),
    untilMs: until === null ? Number.POSITIVE_INFINITY : Date.parse(until),
  };
}

function sign(signers: Signer[], request: Request, record: { id: string }, nowMs: number): Proof {
  const valid = signers.filter(({ untilMs }) => nowMs < untilMs);
  if (valid.length === 0) return { unauthorized: "No signing secret is in force: give a new one." };
  // What the request carries already is what is signed, and stands there once.
  const sentId = headerOf(request.headers, "webhook-id");
  const sentTime = headerOf(request.headers, "webhook-timestamp");
  const id = sentId ?? record.id;
  const seconds = sentTime ?? String(Math.floor(nowMs / 1_000));
  const at = new Date(Number(seconds) * 1_000);
  const signatures = valid.map(({ webhook }) => webhook.sign(id, at, request.body ?? ""));
  return {
    headers: [
      ...(sentId === null ? ["webhook-id", id] : []),
      ...(sentTime === null ? ["webhook-timestamp", seconds] : []),
      "webhook-signature",
      signatures.join(" "),
    ],
  };
}

function headerOf(headers: readonly string[], name: string): string | null {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() === name) return headers[at + 1] ?? null;
  }
  return null;
}
