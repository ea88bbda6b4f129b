// What the API has no operation for is answered as everything of the API is: Next would send a page, or nothing at all.
import type { IncomingMessage, ServerResponse } from "node:http";
import { operations } from "#lib/contract/operations/index.ts";
import { type ProblemCode, problemOf } from "#lib/contract/problem.ts";

type Handle = (request: IncomingMessage, response: ServerResponse) => unknown;

const api = "/api/v1";

/** Lets through to `handle` what is not the API's, and of the API what it has an operation for. */
export const withKnownOperation =
  (handle: Handle): Handle =>
  (request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    if (path !== api && !path.startsWith(`${api}/`)) return handle(request, response);
    const allowed = methodsAt(path.slice(api.length));
    if (allowed.length === 0) return sayProblem(response, "not_found", "There is nothing at this address.");
    if (allowed.includes(request.method ?? "")) return handle(request, response);
    const allow = allowed.join(", ");
    return sayProblem(response, "method_not_allowed", `This address takes ${allow}.`, { allow });
  };

export function sayProblem(
  response: ServerResponse,
  code: ProblemCode,
  detail: string,
  headers: Record<string, string> = {},
): void {
  const problem = problemOf(code, detail);
  response.writeHead(problem.status, {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    ...headers,
  });
  response.end(JSON.stringify(problem));
}

const known = operations.map(({ path, method }) => ({ pattern: partsOf(path), method }));

/** What can be read can be asked for without its body too, and any address for what it takes. */
function methodsAt(path: string): readonly string[] {
  const parts = partsOf(path);
  const taken = known.filter(({ pattern }) => isAt(pattern, parts)).map(({ method }) => method);
  if (taken.length === 0) return [];
  return [...taken, ...(taken.includes("GET") ? ["HEAD"] : []), "OPTIONS"];
}

const isAt = (pattern: readonly string[], parts: readonly string[]): boolean =>
  pattern.length === parts.length &&
  pattern.every((part, nth) => part.startsWith("{") || part === parts[nth]);

/** A slash at the end makes no other address: whoever answers leads away from it. */
function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}
