// Whether an adapter's hook gave what it must: an application's adapter may be plain JavaScript, and a member that is wrong
// would be found far from the hook that gave it. Each answer is a sentence that names hook and member, null when all is well.
import { outcomes } from "#lib/core/outcome.ts";
import type { Reply } from "#lib/core/reply.ts";

/** Some 30 ns for a request of ten headers, next to some 100 µs for a call: no adapter is spared. */
export function requestProblem(hook: string, request: unknown): string | null {
  if (!isObject(request)) return `${hook}: must give a request: {method, path, headers, body}`;
  const { method, path, headers, body } = request;
  if (typeof method !== "string" || method === "") return `${hook}: method must be a text, like POST`;
  if (typeof path !== "string" || path[0] !== "/") return `${hook}: path must be a text that begins with /`;
  if (!isHeaders(headers)) return `${hook}: headers must be a list of texts: name, value, name, value …`;
  if (typeof body !== "string" && body !== null) return `${hook}: body must be a text or null`;
  return null;
}

const kinds: Record<Reply["kind"], true> = {
  response: true,
  timeout: true,
  unauthorized: true,
  network: true,
  refused: true,
};

export function replyProblem(reply: unknown): string | null {
  if (!isObject(reply) || !Object.hasOwn(kinds, String(reply.kind)))
    return `deliver: must give a reply, whose kind is one of ${Object.keys(kinds).join(", ")}`;
  const { kind, status, headers, body } = reply;
  if (kind !== "response") return null;
  if (!Number.isInteger(status)) return "deliver: status must be a whole number, like 200";
  if (!isObject(headers)) return "deliver: headers must be an object of texts";
  if (typeof body !== "string") return "deliver: body must be a text";
  return null;
}

export function readingProblem(reading: unknown): string | null {
  if (reading === undefined || reading === null) return null;
  if (!isObject(reading)) return "read: must give an object, {outcome?, error?, response?}";
  const { outcome, error, response } = reading;
  if (outcome !== undefined && !isOutcome(outcome))
    return `read: outcome must be one of ${outcomes.join(", ")}`;
  if (error !== undefined && typeof error !== "string") return "read: error must be a text";
  if (response !== undefined && typeof response !== "string") return "read: response must be a text";
  return null;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isOutcome = (value: unknown): boolean => (outcomes as readonly unknown[]).includes(value);

/** A loop and no closure: this is the hot path. */
function isHeaders(headers: unknown): boolean {
  if (!Array.isArray(headers) || headers.length % 2 !== 0) return false;
  for (const text of headers) if (typeof text !== "string") return false;
  return true;
}
