// /p/{slug}/…: what a provider's clients reach. Health and tokens have their paths; everything else is a delivery.
import type { IncomingMessage, ServerResponse } from "node:http";
import { noteConnection } from "#simulator/connections.ts";
import { deliver } from "#simulator/deliver.ts";
import { health } from "#simulator/health.ts";
import { sendProblem } from "#simulator/http.ts";
import type { Provider } from "#simulator/provider.ts";
import { tokenEndpoint } from "#simulator/token-endpoint.ts";

/** Creates the provider on first use; null when the slug can't be one. */
export type FindProvider = (slug: string) => Provider | null;

export function traffic(find: FindProvider, request: IncomingMessage, response: ServerResponse): void {
  const { slug, rest } = parts(request.url ?? "");
  const provider = find(slug);
  if (provider !== null) noteConnection(provider.connections, request.socket);
  if (provider === null) sendProblem(response, 404, "not_found", `"${slug}" can't be a provider's slug.`);
  else if (rest === "health" && request.method === "GET") health(provider.knobs, response);
  else if (rest === "token" && request.method === "POST") tokenEndpoint(provider, request, response);
  else deliver(provider, request, response);
}

function parts(url: string): { slug: string; rest: string } {
  const query = url.indexOf("?");
  const path = url.slice("/p/".length, query < 0 ? undefined : query);
  const slash = path.indexOf("/");
  return slash < 0 ? { slug: path, rest: "" } : { slug: path.slice(0, slash), rest: path.slice(slash + 1) };
}
