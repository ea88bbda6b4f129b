// The default adapter: the payload as JSON, byte for byte as Postgres stores it.
import type { ProviderAuth, ProviderPolicy } from "#lib/contract/provider.ts";
import type { Request } from "#worker/http/call.ts";
import packageJson from "../../package.json" with { type: "json" };

export type Outgoing = {
  id: string;
  payload: string;
  correlationId: string | null;
  headers: Record<string, string> | null;
};

const userAgent = `Redrive/${packageJson.version}`;

/** Headers that belong to the connection or to us; a record's own headers can't set them. */
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
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "webhook-id",
  "webhook-timestamp",
]);

/** What is the same for every request to a provider, worked out once per policy. */
export function createRequestBuilder(policy: ProviderPolicy, auth: ProviderAuth) {
  const url = new URL(policy.url);
  const path = url.pathname + url.search;
  const bodyless = policy.method === "GET";
  const proof = authHeaders(auth);
  const fixed = ["user-agent", userAgent, "accept-encoding", "identity", ...proof];
  const proofNames = new Set(proof.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
  if (!bodyless) fixed.push("content-type", "application/json");

  /** @param nowMs wall-clock time, ms; @param span 16 hex digits for the trace's span. */
  return function build(record: Outgoing, nowMs: number, span: string): Request {
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
    let traced = false;
    for (const [name, value] of Object.entries(record.headers ?? {})) {
      const lower = name.toLowerCase();
      if (reserved.has(lower) || proofNames.has(lower) || lower === "x-correlation-id") continue;
      if (lower === "traceparent") traced = true;
      headers.push(name, String(value));
    }
    // The record's id is 128 bits and stays the same over its attempts: it names the trace.
    if (!traced) headers.push("traceparent", `00-${record.id.replaceAll("-", "")}-${span}-01`);
    return { method: policy.method, path, headers, body: bodyless ? null : record.payload };
  };
}

function authHeaders(auth: ProviderAuth): string[] {
  switch (auth.kind) {
    case "none":
      return [];
    case "header":
      return [auth.name, auth.value ?? ""];
    case "basic":
      return [
        "authorization",
        `Basic ${Buffer.from(`${auth.user}:${auth.password ?? ""}`).toString("base64")}`,
      ];
  }
}
