// The last deliveries, as the provider saw them. Kept raw; made readable only when somebody looks.
import type { IncomingMessage } from "node:http";
import type { SeenRequest } from "#lib/contract/simulator.ts";

const kept = 100;
const bodyBytes = 65_536;

export type Sighting = {
  atMs: number;
  method: string;
  path: string;
  rawHeaders: readonly string[];
  body: Buffer;
  status: number | null;
};

/** A ring: the newest overwrites the oldest. */
export type Sightings = { ring: Sighting[]; count: number };

export const nothingSeen = (): Sightings => ({ ring: [], count: 0 });

export function see(seen: Sightings, request: IncomingMessage, body: Buffer): Sighting {
  const sighting: Sighting = {
    atMs: Date.now(),
    method: request.method ?? "",
    path: request.url ?? "",
    rawHeaders: request.rawHeaders,
    body: body.length > bodyBytes ? body.subarray(0, bodyBytes) : body,
    status: null,
  };
  seen.ring[seen.count % kept] = sighting;
  seen.count++;
  return sighting;
}

/** Newest first. */
export function lastSeen(seen: Sightings, limit: number): SeenRequest[] {
  const newest = [];
  for (let back = 1; back <= Math.min(limit, seen.ring.length); back++) {
    const sighting = seen.ring[(seen.count - back) % kept];
    if (sighting) newest.push(readable(sighting));
  }
  return newest;
}

export function readable({ atMs, method, path, rawHeaders, body, status }: Sighting): SeenRequest {
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    const value = rawHeaders[at + 1] ?? "";
    headers[name] = name === "authorization" ? hidden(value) : value;
  }
  return { at: new Date(atMs).toISOString(), method, path, headers, body: body.toString(), status };
}

const hidden = (authorization: string): string => `${authorization.split(" ")[0]} [hidden]`;
