// How senders of webhooks prove who they are.

export const inboundKinds = [
  "standard_webhooks",
  "github",
  "stripe",
  "slack",
  "shopify",
  "hmac",
  "basic",
  "token",
] as const;
export type InboundKind = (typeof inboundKinds)[number];

export const hmacAlgorithms = ["sha1", "sha256", "sha512"] as const;
export type HmacAlgorithm = (typeof hmacAlgorithms)[number];

export const signatureEncodings = ["hex", "base64"] as const;
export type SignatureEncoding = (typeof signatureEncodings)[number];

/** A sender's time may differ from ours by so much, either way: what the vendors that sign a time recommend. */
export const toleranceSecondsDefault = 300;

/** What the generic kinds want to know beside the secret; the vendors' recipes know it all. */
export type InboundOptions = {
  hmac?: {
    algorithm: HmacAlgorithm;
    header: string;
    encoding: SignatureEncoding;
    /** Before each signature, like `sha256=`. */
    prefix: string;
    /** What is signed, of `{timestamp}` and `{body}`. */
    content: string;
    timestampHeader: string | null;
    toleranceSeconds: number;
  };
  basic?: { user: string };
  token?: { header: string; prefix: string };
};

/** What a record's columns are taken from: `$.a.json.path` of the body, or `header:Name`; null for none. */
export type InboundMapping = {
  /** Names the event: a second call with the same makes no second record. */
  id: string | null;
  type: string | null;
  subject: string | null;
  owner: string | null;
  orderingKey: string | null;
};

const nothing: InboundMapping = { id: null, type: null, subject: null, owner: null, orderingKey: null };

/** What each vendor documents as the event's id and type; a source's own mapping goes before. */
export const usualMapping: Record<InboundKind, InboundMapping> = {
  standard_webhooks: { ...nothing, id: "header:webhook-id", type: "$.type" },
  github: { ...nothing, id: "header:X-GitHub-Delivery", type: "header:X-GitHub-Event" },
  stripe: { ...nothing, id: "$.id", type: "$.type" },
  slack: { ...nothing, id: "$.event_id", type: "$.event.type" },
  shopify: { ...nothing, id: "header:X-Shopify-Webhook-Id", type: "header:X-Shopify-Topic" },
  hmac: nothing,
  basic: nothing,
  token: nothing,
};
