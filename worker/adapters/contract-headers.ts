// The headers that every provider receives, whatever its adapter: who sends, which record, which attempt, which trace.
import type { Moment, Outgoing } from "#worker/adapters/adapter.ts";
import packageJson from "../../package.json" with { type: "json" };

const userAgent = `Redrive/${packageJson.version}`;

/** Headers that belong to the connection or to us; a record's own headers can't set them. */
const reserved = [
  "accept-encoding",
  "connection",
  "content-type",
  "content-length",
  "expect",
  "host",
  "idempotency-key",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "webhook-id",
  "webhook-timestamp",
  "x-correlation-id",
];

/** Name, value, name, value … for one attempt. */
export type ContractHeaders = (record: Outgoing, moment: Moment) => string[];

/**
 * What is the same for every request to a provider is worked out once.
 *
 * @param own the adapter's headers, name, value, name, value …; a record's can't set them either.
 */
export function contractHeaders(proofNames: ReadonlySet<string>, own: readonly string[]): ContractHeaders {
  const fixed = ["user-agent", userAgent, "accept-encoding", "identity", ...own];
  const ownNames = own.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const taken = new Set([...reserved, ...proofNames, ...ownNames]);
  return (record, { nowMs, span }) => {
    const headers = [
      ...fixed,
      "idempotency-key",
      record.id,
      "webhook-id",
      record.id,
      "webhook-timestamp",
      String(Math.floor(nowMs / 1000)),
      "x-correlation-id",
      record.correlationId ?? record.id,
    ];
    let trace: string | null = null;
    let state: string | null = null;
    if (record.headers) {
      for (const [name, value] of Object.entries(record.headers)) {
        const lower = name.toLowerCase();
        if (lower === "traceparent") trace = continued(String(value), span);
        else if (lower === "tracestate") state = String(value);
        else if (!taken.has(lower)) headers.push(name, String(value));
      }
    }
    // The record's id is 128 bits and stays the same over its attempts: it names the trace where the record names none.
    headers.push("traceparent", trace ?? `00-${record.id.replaceAll("-", "")}-${span}-01`);
    // The state is the trace's: without its trace it says nothing.
    if (trace !== null && state !== null) headers.push("tracestate", state);
    return headers;
  };
}

const traceparent = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;

/** The producer's trace with this attempt as its newest span; null when it is none (W3C Trace Context, 3.2). */
function continued(text: string, span: string): string | null {
  const [, version, trace, flags, more] = traceparent.exec(text) ?? [];
  if (version === undefined || (version === "00" && more !== undefined)) return null;
  return `00-${trace}-${span}-${flags}`;
}
