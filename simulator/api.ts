// The simulator's own API, under /api/providers: see and turn the knobs, read the counts. docs/simulator.md lists it.
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type AcceptedKeys,
  PatchKnobs,
  type SeenRequests,
  type SimulatorState,
} from "#lib/contract/simulator.ts";
import { fieldErrors, jsonOf, readBody, sendJson, sendProblem } from "#simulator/http.ts";
import { countsOf, noteTurnedByPerson, type Provider, resetCounts, turnKnobs } from "#simulator/provider.ts";
import { lastSeen } from "#simulator/seen.ts";
import type { FindProvider } from "#simulator/traffic.ts";

type Given = { state: () => SimulatorState; find: FindProvider };
type Act = (provider: Provider, url: URL) => unknown;

/** What can be asked of one provider; a member of each path is the method. */
const acts: Record<string, Act> = {
  "GET ": countsOf,
  "GET keys": ({ keys }): AcceptedKeys => ({ keys: Object.fromEntries(keys.times) }),
  "GET last": ({ seen }, url): SeenRequests => ({ items: lastSeen(seen, limitOf(url)) }),
  "POST reset-counts": (provider) => {
    resetCounts(provider);
    return countsOf(provider);
  },
  "POST revoke-tokens": (provider) => {
    provider.tokens.endsAt.clear();
    return countsOf(provider);
  },
};

export function api({ state, find }: Given, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://simulator");
  const asked = `${request.method} ${url.pathname}`;
  if (asked === "GET /api/providers") {
    sendJson(response, 200, JSON.stringify(state()));
    return;
  }
  const [, , noun, slug = "", ...rest] = url.pathname.split("/");
  const provider = noun === "providers" ? find(slug) : null;
  const act = acts[`${request.method} ${rest.join("/")}`];
  if (provider && act) sendJson(response, 200, JSON.stringify(act(provider, url)));
  else if (provider && request.method === "PATCH" && rest.length === 0) patch(provider, request, response);
  else
    sendProblem(response, 404, "not_found", `There is no ${asked}; docs/simulator.md lists what there is.`);
}

function limitOf(url: URL): number {
  const limit = Number(url.searchParams.get("limit") ?? 20);
  return Number.isInteger(limit) && limit >= 1 ? limit : 20;
}

/** Who turns a knob here is a person: the demo's story then leaves it alone for a while. */
function patch(provider: Provider, request: IncomingMessage, response: ServerResponse): void {
  readBody(request, (body) => {
    const parsed = PatchKnobs.safeParse(jsonOf(body));
    if (!parsed.success) {
      const errors = fieldErrors(parsed.error);
      const detail = errors.map(({ field, message }) => `${field || "The body"}: ${message}.`).join(" ");
      sendProblem(response, 422, "invalid_input", detail, errors);
      return;
    }
    turnKnobs(provider, parsed.data);
    noteTurnedByPerson(provider, parsed.data, Date.now());
    sendJson(response, 200, JSON.stringify(countsOf(provider)));
  });
}
