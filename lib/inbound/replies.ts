// What callers are answered: what was stored, or a problem as everywhere in the API.
import type { ServerResponse } from "node:http";
import { type ProblemCode, problemOf } from "#lib/contract/problem.ts";

export type Refusing = { code: ProblemCode; detail: string; headers?: readonly string[] };

/** Seconds after which a sender may come again. */
export const retryAfter = { busy: "1", notStored: "5", disabled: "60" } as const;

export function sayStored(response: ServerResponse, id: string, duplicate: boolean): void {
  say(response, 202, "application/json", `{"id":"${id}","duplicate":${duplicate}}`);
}

export function sayChallenge(response: ServerResponse, challenge: string): void {
  say(response, 200, "application/json", JSON.stringify({ challenge }));
}

export function sayRefused(response: ServerResponse, { code, detail, headers = [] }: Refusing): void {
  const problem = problemOf(code, detail);
  say(response, problem.status, "application/problem+json", JSON.stringify(problem), headers);
}

function say(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  more: readonly string[] = [],
): void {
  // Whoever is gone hears nothing; what was stored stays stored.
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, [
    "content-type",
    type,
    "content-length",
    String(Buffer.byteLength(body)),
    "cache-control",
    "no-store",
    ...more,
  ]);
  response.end(body);
}
