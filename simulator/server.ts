// The provider simulator: one HTTP server that plays any number of providers.
//
//   /p/{slug}/…  a provider's traffic: health, token, and everything else is a delivery
//   /api/…       its knobs and counts
import { createServer } from "node:http";
import type { KnobName, PatchKnobs, SeenRequest, SimulatedProvider } from "#lib/contract/simulator.ts";
import { Slug } from "#lib/contract/slug.ts";
import { api } from "#simulator/api.ts";
import { sendProblem } from "#simulator/http.ts";
import { aNewProvider, countsOf, type Provider, resetCounts, turnKnobs } from "#simulator/provider.ts";
import { lastSeen } from "#simulator/seen.ts";
import { type FindProvider, traffic } from "#simulator/traffic.ts";
import { disappointWaiting, nextRequest } from "#simulator/waiting.ts";

export type Options = {
  /** 0, the default, takes any free port. */
  port?: number;
  host?: string;
  /** The same seed gives each provider the same run of luck and latencies. */
  seed?: number;
  /** What the state says; the demo itself is started by whoever says so. */
  demo?: boolean;
  /** Idempotency keys remembered per provider; beyond it the oldest are forgotten, but stay counted. */
  keysKept?: number;
};

export type Simulator = {
  url: string;
  provider: (slug: string) => ProviderHandle;
  /** What the story is doing now, for SimulatorState. */
  tell: (story: string | null) => void;
  /** Ends at once, hanging requests included. */
  close: () => Promise<void>;
};

export type ProviderHandle = {
  /** Where to deliver: `${url}/anything`; its health is `${url}/health`, its tokens `${url}/token`. */
  url: string;
  set: (knobs: PatchKnobs) => void;
  counts: () => SimulatedProvider;
  /** Times accepted, by idempotency key. */
  keys: () => Map<string, number>;
  inFlight: () => number;
  /** Newest first. */
  last: (limit?: number) => SeenRequest[];
  /** The next delivery to arrive, before it is answered; two calls are two deliveries. Rejects at close. */
  nextRequest: () => Promise<SeenRequest>;
  resetCounts: () => void;
  revokeTokens: () => void;
  /** When a person last turned a knob through the API, epoch ms. */
  turnedByPerson: () => ReadonlyMap<KnobName, number>;
};

export async function startSimulator(options: Options = {}): Promise<Simulator> {
  const { port = 0, host = "127.0.0.1", seed = 1, demo = false, keysKept = 2_000_000 } = options;
  const providers = new Map<string, Provider>();
  let story: string | null = null;

  const find: FindProvider = (slug) => {
    const known = providers.get(slug);
    if (known) return known;
    if (!Slug.safeParse(slug).success) return null;
    const made = aNewProvider(slug, seed, keysKept);
    providers.set(slug, made);
    return made;
  };
  const state = () => ({ demo, story, items: [...providers.values()].map(countsOf) });

  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (path.startsWith("/p/")) traffic(find, request, response);
    else if (path.startsWith("/api/")) api({ state, find }, request, response);
    else sendProblem(response, 404, "not_found", "Providers are at /p/{slug}, the knobs at /api/providers.");
  });
  // Connections live as long as the sender wants; hanging is something that we do on purpose.
  server.keepAliveTimeout = 600_000;
  server.requestTimeout = 0;

  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen({ port, host, backlog: 2_048 }, () => {
      server.off("error", failed);
      listening();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The simulator listens on no port.");
  const url = `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;

  return {
    url,
    provider: (slug) => {
      const provider = find(slug);
      if (provider === null) throw new Error(`"${slug}" can't be a provider's slug.`);
      return handle(provider, `${url}/p/${slug}`);
    },
    tell: (sentence) => {
      story = sentence;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
        for (const provider of providers.values()) disappointWaiting(provider);
      }),
  };
}

function handle(provider: Provider, url: string): ProviderHandle {
  return {
    url,
    set: (knobs) => turnKnobs(provider, knobs),
    counts: () => countsOf(provider),
    keys: () => new Map(provider.keys.times),
    inFlight: () => provider.inFlight,
    last: (limit = 20) => lastSeen(provider.seen, limit),
    nextRequest: () => nextRequest(provider),
    resetCounts: () => resetCounts(provider),
    revokeTokens: () => provider.tokens.endsAt.clear(),
    turnedByPerson: () => provider.turnedByPerson,
  };
}
