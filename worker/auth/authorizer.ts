// How a request proves who we are, made of a policy's auth. It adds headers to a finished request, so that a signature
// covers the body as it leaves.
import type { Request } from "#worker/http/call.ts";

/** Headers to add (name, value, name, value …), or why there is no proof now. */
export type Proof = { headers: string[] } | { unauthorized: string };

export type Authorizer = {
  /** Names of the headers that it sets, in lower case. */
  names: ReadonlySet<string>;
  /** At once where nothing has to be fetched: this is the hot path. */
  prove: (request: Request, record: { id: string }, nowMs: number) => Proof | Promise<Proof>;
  /**
   * The provider refused the proof that was sent: whether a fresh one is worth one more try.
   *
   * @param headers what `prove` gave for the request that was refused.
   */
  refused: (headers: readonly string[]) => Promise<boolean>;
};
