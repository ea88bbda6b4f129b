// Those who wait for a provider's next delivery: the signal that spares tests their sleeps.
import type { SeenRequest } from "#lib/contract/simulator.ts";
import { readable, type Sighting } from "#simulator/seen.ts";

export type Waiting = { resolve: (request: SeenRequest) => void; reject: (reason: Error) => void };
type WithWaiting = { slug: string; waiting: Waiting[] };

export function nextRequest(provider: WithWaiting): Promise<SeenRequest> {
  const { promise, resolve, reject } = Promise.withResolvers<SeenRequest>();
  // Whoever no longer cares must not be ended by an unhandled rejection at close.
  promise.catch(() => {});
  provider.waiting.push({ resolve, reject });
  return promise;
}

/** One delivery for each who waits, first come first served: two calls are two deliveries. */
export function tellWaiting(provider: WithWaiting, sighting: Sighting): void {
  if (provider.waiting.length > 0) provider.waiting.shift()?.resolve(readable(sighting));
}

export function disappointWaiting(provider: WithWaiting): void {
  const reason = new Error(`The simulator was closed before ${provider.slug} got a delivery.`);
  for (const { reject } of provider.waiting.splice(0)) reject(reason);
}
