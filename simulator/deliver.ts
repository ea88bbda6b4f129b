// A delivery at a simulated provider: arrive → read → decide its fate → count → answer.
import type { IncomingMessage, ServerResponse } from "node:http";
import { countKey } from "#simulator/accepted-keys.ts";
import { decideFate, type Fate } from "#simulator/fate.ts";
import { readBody, sendJson } from "#simulator/http.ts";
import type { Provider } from "#simulator/provider.ts";
import { askedOf, recordOf } from "#simulator/record.ts";
import { type Sighting, see } from "#simulator/seen.ts";
import { isAuthorized } from "#simulator/tokens.ts";
import { tellWaiting } from "#simulator/waiting.ts";

export function deliver(provider: Provider, request: IncomingMessage, response: ServerResponse): void {
  const visit = arrive(provider, request, response);
  readBody(request, (body) => {
    if (body === null) tooLarge(visit);
    else receive(visit, body);
  });
}

function receive(visit: Visit, body: Buffer): void {
  const { provider, request } = visit;
  const { knobs, keys, tokens, inFlight } = provider;
  const key = keyOf(request);
  const sighting = see(provider.seen, request, body);
  const fate = decideFate(
    {
      body: isFetch(request) ? Buffer.from(JSON.stringify(askedOf(request.url ?? ""))) : body,
      inFlight,
      seenBefore: key !== null && keys.times.has(key),
      authorized:
        knobs.requireToken && isAuthorized(tokens, request.headers.authorization, performance.now()),
    },
    knobs,
    provider.validate,
    provider.random,
  );
  if (fate.taken) take(provider, key);
  tellWaiting(provider, sighting);
  meet(fate, visit, sighting);
}

type Visit = {
  provider: Provider;
  request: IncomingMessage;
  response: ServerResponse;
  timer: NodeJS.Timeout | undefined;
  over: boolean;
};

function arrive(provider: Provider, request: IncomingMessage, response: ServerResponse): Visit {
  const visit: Visit = { provider, request, response, timer: undefined, over: false };
  provider.received++;
  provider.inFlight++;
  if (provider.inFlight > provider.peakInFlight) provider.peakInFlight = provider.inFlight;
  // Answered, or the client went: a hanging request ends here, and so does its timer.
  response.on("close", () => {
    clearTimeout(visit.timer);
    leave(visit);
  });
  return visit;
}

/** Before the answer is written, never after: the client may send its next request while we are still tidying up. */
function leave(visit: Visit): void {
  if (visit.over) return;
  visit.over = true;
  visit.provider.inFlight--;
}

function keyOf(request: IncomingMessage): string | null {
  const key = request.headers["idempotency-key"];
  return typeof key === "string" ? key : null;
}

/** Counted on arrival: from here on the provider has it, even if the client leaves before the answer. */
function take(provider: Provider, key: string | null): void {
  provider.accepted++;
  if (key !== null) countKey(provider.keys, key);
}

function meet(fate: Fate, visit: Visit, sighting: Sighting): void {
  if (fate.kind === "hang") return;
  const end = () => (fate.kind === "reset" ? reset(visit) : reply(fate, visit, sighting));
  if (fate.afterMs === 0) end();
  else visit.timer = setTimeout(end, fate.afterMs);
}

function reset(visit: Visit): void {
  leave(visit);
  visit.request.socket.resetAndDestroy();
}

const noHeaders: Record<string, string> = {};

function reply(fate: Extract<Fate, { kind: "answer" }>, visit: Visit, sighting: Sighting): void {
  const { provider, response } = visit;
  leave(visit);
  sighting.status = fate.status;
  sendJson(response, fate.status, fate.body ?? success(visit), headersFor(fate.status, provider));
}

const isFetch = ({ method }: IncomingMessage): boolean => method === "GET";

const success = ({ provider, request }: Visit): string =>
  isFetch(request)
    ? recordOf(provider.slug, request.url ?? "")
    : `{"accepted":true,"reference":"${provider.slug}-${provider.accepted}"}`;

function headersFor(status: number, { knobs }: Provider): Record<string, string> {
  if (status === 401) return { "www-authenticate": 'Bearer error="invalid_token"' };
  if ((status === 429 || status === 503) && knobs.retryAfter !== null)
    return { "retry-after": knobs.retryAfter };
  return noHeaders;
}

function tooLarge(visit: Visit): void {
  leave(visit);
  sendJson(visit.response, 413, '{"error":"too_large"}');
}
