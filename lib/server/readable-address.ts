// An address that can't be decoded names nothing. Next answers it as a fault of the server's; here it is a 404.
import type { IncomingMessage, ServerResponse } from "node:http";
import { sayProblem } from "#lib/server/api-address.ts";

type Handle = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Lets through to `handle` what has an address that can be read. */
export const withReadableAddress =
  (handle: Handle): Handle =>
  (request, response) => {
    if (isReadable(request.url ?? "")) return handle(request, response);
    const words = "There is nothing at this address: it holds a % that begins no character.";
    return sayProblem(response, "not_found", words);
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
