// Reading and answering, the little of it that every path shares.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ZodError } from "zod";
import type { Problem, ProblemCode } from "#lib/contract/problem.ts";

// Redrive's payloads end at 1 MiB; beyond this something is wrong, and memory must not grow with it.
const bodyBytesMax = 4 * 1_048_576;
const nothing = Buffer.alloc(0);

/** Calls back once with the whole body, or with null when it is too large; never when the client leaves before. */
export function readBody(request: IncomingMessage, done: (body: Buffer | null) => void): void {
  let first: Buffer | null = null;
  let chunks: Buffer[] | null = null;
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) return;
    if (first === null) first = chunk;
    else if (chunks === null) chunks = [first, chunk];
    else chunks.push(chunk);
  });
  request.on("end", () => {
    if (bytes > bodyBytesMax) done(null);
    else done(chunks === null ? (first ?? nothing) : Buffer.concat(chunks));
  });
}

/** Undefined when it is no JSON. */
export function jsonOf(body: Buffer | null): unknown {
  try {
    return JSON.parse(body?.toString() ?? "");
  } catch {
    return undefined;
  }
}

/** Each member that is wrong, by its path; an unknown one is named itself. */
export function fieldErrors(error: ZodError): NonNullable<Problem["errors"]> {
  return error.issues.flatMap(({ path, message, ...issue }) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ field: [...path, key].join("."), message: "is not known here" }))
      : [{ field: path.join("."), message }],
  );
}

export function sendJson(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

export function sendProblem(
  response: ServerResponse,
  status: number,
  code: ProblemCode,
  detail: string,
  errors?: Problem["errors"],
): void {
  const problem: Problem = {
    type: "about:blank",
    title: code.replaceAll("_", " "),
    status,
    code,
    detail,
    errors,
  };
  sendJson(response, status, JSON.stringify(problem), { "content-type": "application/problem+json" });
}
