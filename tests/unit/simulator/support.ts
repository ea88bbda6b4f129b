// A simulator for one test, and deliveries to it.
import { afterAll } from "vitest";
import type { PatchKnobs } from "#lib/contract/simulator.ts";
import { type ProviderHandle, startSimulator } from "#simulator/server.ts";

export const simulator = await startSimulator({ seed: 7 });
afterAll(() => simulator.close());

let made = 0;

/** A provider of its own, answering at once but for what is given. */
export function aProvider(knobs: PatchKnobs = {}): ProviderHandle {
  const provider = simulator.provider(`p${++made}`);
  provider.set({ latency: { distribution: "fixed", medianMs: 0 }, ...knobs });
  return provider;
}

type Delivery = {
  key?: string;
  payload?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

export function deliver(
  provider: { url: string },
  { key, payload = { candidate: 7 }, headers, signal }: Delivery = {},
): Promise<Response> {
  return fetch(`${provider.url}/records`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key && { "idempotency-key": key }), ...headers },
    body: JSON.stringify(payload),
    signal,
  });
}

/** The status, or what became of a request without one. */
export const statusOf = (reply: Promise<Response>): Promise<number | "lost"> =>
  reply.then(
    async (response) => {
      await response.arrayBuffer();
      return response.status;
    },
    () => "lost",
  );

/** Requests that the provider holds until they are disposed of. */
export async function hangingRequests(provider: ProviderHandle, count: number): Promise<AsyncDisposable> {
  const leave = new AbortController();
  const { timeoutShare } = provider.counts().knobs;
  provider.set({ timeoutShare: 1 });
  const arrived = Array.from({ length: count }, () => provider.nextRequest());
  const lost = arrived.map(() => statusOf(deliver(provider, { signal: leave.signal })));
  await Promise.all(arrived);
  provider.set({ timeoutShare });
  return {
    [Symbol.asyncDispose]: async () => {
      leave.abort();
      await Promise.all(lost);
    },
  };
}

export async function fetchToken(
  provider: { url: string },
  form: Record<string, string> = {},
): Promise<Response> {
  return await fetch(`${provider.url}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "redrive",
      client_secret: "s3cret",
      ...form,
    }),
  });
}
