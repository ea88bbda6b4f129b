// How each vendor documents its signature: which header, in which form, over what.
//
//   Standard Webhooks  https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
//   GitHub             https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
//   Stripe             https://docs.stripe.com/webhooks#verify-manually
//   Slack              https://docs.slack.dev/authentication/verifying-requests-from-slack
//   Shopify            https://shopify.dev/docs/apps/build/webhooks/subscribe/https
import {
  type HmacAlgorithm,
  type InboundKind,
  type InboundOptions,
  type SignatureEncoding,
  toleranceSecondsDefault,
} from "#lib/core/inbound/kinds.ts";

/** What a signature's header holds. */
export type SignatureText = { signatures: string[]; timestamp: string | null };

export type Recipe = {
  algorithm: HmacAlgorithm;
  /** Whether the secret is the key as it is written, or names its bytes in base64. */
  key: "text" | "base64";
  /** In lower case, as all headers here. */
  header: string;
  encoding: SignatureEncoding;
  read: (value: string) => SignatureText;
  idHeader: string | null;
  /** Null where the time is not signed, or stands beside the signature. */
  timestampHeader: string | null;
  isTimed: boolean;
  toleranceMs: number;
  /** What is signed, piece by piece. */
  content: readonly Piece[];
};

export type Piece = { text: string } | { part: "id" | "timestamp" | "body" };

/** Of one request; a signature more costs a hash more. */
const signaturesMax = 10;

const base = {
  algorithm: "sha256",
  key: "text",
  encoding: "hex",
  idHeader: null,
  timestampHeader: null,
  isTimed: false,
  toleranceMs: toleranceSecondsDefault * 1_000,
} as const;

const vendors: Record<Exclude<InboundKind, "hmac" | "basic" | "token">, Recipe> = {
  standard_webhooks: {
    ...base,
    key: "base64",
    header: "webhook-signature",
    encoding: "base64",
    read: prefixed("v1,"),
    idHeader: "webhook-id",
    timestampHeader: "webhook-timestamp",
    isTimed: true,
    content: piecesOf("{id}.{timestamp}.{body}"),
  },
  github: {
    ...base,
    header: "x-hub-signature-256",
    read: prefixed("sha256="),
    content: piecesOf("{body}"),
  },
  stripe: {
    ...base,
    header: "stripe-signature",
    read: readStripe,
    isTimed: true,
    content: piecesOf("{timestamp}.{body}"),
  },
  slack: {
    ...base,
    header: "x-slack-signature",
    read: prefixed("v0="),
    timestampHeader: "x-slack-request-timestamp",
    isTimed: true,
    content: piecesOf("v0:{timestamp}:{body}"),
  },
  shopify: {
    ...base,
    header: "x-shopify-hmac-sha256",
    encoding: "base64",
    read: prefixed(""),
    content: piecesOf("{body}"),
  },
};

/** The recipe of a kind that signs; null for those that only send their secret along. */
export function recipeOf(kind: InboundKind, options: InboundOptions): Recipe | null {
  if (kind === "basic" || kind === "token") return null;
  if (kind !== "hmac") return vendors[kind];
  const { hmac } = options;
  if (!hmac) return null;
  return {
    ...base,
    algorithm: hmac.algorithm,
    header: hmac.header.toLowerCase(),
    encoding: hmac.encoding,
    read: prefixed(hmac.prefix),
    timestampHeader: hmac.timestampHeader?.toLowerCase() ?? null,
    isTimed: hmac.timestampHeader !== null,
    toleranceMs: hmac.toleranceSeconds * 1_000,
    content: piecesOf(hmac.content),
  };
}

/**
 * Signatures one after another, each behind the same prefix, which may itself end with a comma or a space (`v1,…`, `HMAC …`);
 * others are of another form, and count for nothing.
 */
function prefixed(prefix: string): Recipe["read"] {
  const each = new RegExp(`(?:^|[, ])${RegExp.escape(prefix)}([^, ]+)`, "g");
  return (value) => {
    const signatures: string[] = [];
    for (const [, signature = ""] of value.matchAll(each)) {
      signatures.push(signature);
      if (signatures.length === signaturesMax) break;
    }
    return { timestamp: null, signatures };
  };
}

/** `t=1492774577,v1=5257…,v1=6ffb…,v0=…` */
function readStripe(value: string): SignatureText {
  const pairs = value.split(",", 2 * signaturesMax).map((pair) => pair.trim());
  const after = (prefix: string) =>
    pairs.filter((pair) => pair.startsWith(prefix)).map((pair) => pair.slice(prefix.length));
  const times = after("t=");
  return {
    timestamp: times.length === 1 ? (times[0] ?? null) : null,
    signatures: after("v1=").slice(0, signaturesMax),
  };
}

function piecesOf(template: string): Piece[] {
  return template
    .split(/(\{(?:id|timestamp|body)\})/)
    .filter((piece) => piece !== "")
    .map((piece) => {
      const part = /^\{(id|timestamp|body)\}$/.exec(piece)?.[1];
      return part === "id" || part === "timestamp" || part === "body" ? { part } : { text: piece };
    });
}
