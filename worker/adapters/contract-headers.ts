// The headers that every provider receives, whatever its adapter: who sends, which record, which attempt, which trace.
import { carried, headerName, headerValue, isReservedHeader } from "#lib/core/http-headers.ts";
import { BadPayload, type Moment, type Outgoing } from "#worker/adapters/adapter.ts";
import packageJson from "../../package.json" with { type: "json" };

const userAgent = `Redrive/${packageJson.version}`;

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
  const taken = new Set([...proofNames, ...ownNames]);
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
      record.correlationId === null ? record.id : carried(record.correlationId),
    ];
    let trace: string | null = null;
    let state: string | null = null;
    if (record.headers) {
      for (const [name, value] of Object.entries(record.headers)) {
        const lower = name.toLowerCase();
        if (lower === "traceparent") trace = continued(String(value), span);
        else if (lower === "tracestate") state = value;
        else if (!taken.has(lower) && !isReservedHeader(lower)) headers.push(name, sendable(name, value));
      }
    }
    // The record's id is 128 bits and stays the same over its attempts: it names the trace where the record names none.
    headers.push("traceparent", trace ?? `00-${record.id.replaceAll("-", "")}-${span}-01`);
    // The state is the trace's: without its trace it says nothing.
    if (trace !== null && state !== null) headers.push("tracestate", sendable("tracestate", state));
    return headers;
  };
}

/**
 * A client would refuse it just before it leaves, as if the provider could not be reached; it is the record that is wrong.
 *
 * @param value as it stands in the database, where a producer may have written anything.
 */
function sendable(name: string, value: unknown): string {
  const header = `headers: ${JSON.stringify(name.slice(0, 100))}`;
  if (!headerName.test(name)) throw new BadPayload(`${header} can't be a header's name`);
  if (typeof value !== "string") throw new BadPayload(`${header} must be a text`);
  if (!headerValue.test(value)) {
    throw new BadPayload(`${header} has a character that HTTP can't carry, like a line break; encode it`);
  }
  return value;
}

const traceparent = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;

/** The producer's trace with this attempt as its newest span; null when it is none (W3C Trace Context, 3.2). */
function continued(text: string, span: string): string | null {
  const [, version, trace, flags, more] = traceparent.exec(text) ?? [];
  if (version === undefined || (version === "00" && more !== undefined)) return null;
  return `00-${trace}-${span}-${flags}`;
}
