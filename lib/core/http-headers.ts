// What a header may be called, what may stand in it, and which names are not for others to set.

/** Headers that belong to the connection or to us: neither a record's own headers nor a provider's auth can set them. */
const reserved = new Set([
  "accept-encoding",
  "connection",
  "content-type",
  "content-length",
  "expect",
  "host",
  "idempotency-key",
  "keep-alive",
  "te",
  "traceparent",
  "tracestate",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "x-correlation-id",
]);

/** All of `webhook-…`: a signature that is not ours beside an id that is would be checked against it, and fail. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return reserved.has(lower) || lower.startsWith("webhook-");
}

/** RFC 9110, 5.6.2: a token. */
export const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** RFC 9110, 5.5: visible characters, spaces and tabs, and what is left of Latin-1. */
export const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

const notCarried = /[^\t\x20-\x7e\x80-\xff]/gu;

/** As it stands, but for the characters that a header can't carry: those percent-encoded, as in a URL. */
export const carried = (text: string): string =>
  headerValue.test(text)
    ? text
    : text.toWellFormed().replace(notCarried, (character) => encodeURIComponent(character));
