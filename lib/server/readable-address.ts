// An address that can't be decoded names nothing. Next answers it as a fault of the server's; here it is a 404.
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Problem, problemKinds } from "#lib/contract/problem.ts";

type Handle = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Lets through to `handle` what has an address that can be read. */
export const withReadableAddress =
  (handle: Handle): Handle =>
  (request, response) => {
    if (isReadable(request.url ?? "")) return handle(request, response);
    const problem: Problem = {
      type: "urn:redrive:problem:not_found",
      ...problemKinds.not_found,
      code: "not_found",
      detail: "There is nothing at this address: it holds a % that begins no character.",
    };
    response.writeHead(404, { "content-type": "application/problem+json", "cache-control": "no-store" });
    response.end(JSON.stringify(problem));
  };

function isReadable(url: string): boolean {
  try {
    decodeURIComponent(url.split("?")[0] ?? "");
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}
