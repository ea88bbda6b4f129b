// A POST to an address that somebody typed or sent: never into our own network, no redirects, an end to waiting and to what
// is read. For the few calls that are no deliveries; those go through the worker's pools.
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { AddressRefused, guardedLookup, isPrivateAddress, literalAddress } from "#lib/node/address-guard.ts";

const answerBytesMax = 1_048_576;

type Post = {
  headers: Record<string, string>;
  body: string;
  /** Ends the call, whatever it is doing. */
  signal: AbortSignal;
  /** Whether loopback and private addresses may be called. */
  allowPrivate: boolean;
};

/**
 * The answer, whatever its status; a redirect is one.
 *
 * @throws AddressRefused, or what the network or the signal ended it with.
 */
export async function guardedPost(
  url: URL,
  { headers, body, signal, allowPrivate }: Post,
): Promise<Response> {
  const literal = literalAddress(url.hostname);
  if (!allowPrivate && literal !== null && isPrivateAddress(literal)) throw new AddressRefused(literal);
  const start = url.protocol === "https:" ? overHttps : overHttp;
  return new Promise((answered, failed) => {
    const call = start(
      url,
      {
        method: "POST",
        headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
        // A socket of its own: kept ones would outlive what their address was checked for.
        agent: false,
        signal,
        ...(allowPrivate ? {} : { lookup: guardedLookup }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.byteLength;
          if (bytes > answerBytesMax) call.destroy(new Error("the answer is over 1 MiB"));
        });
        response.on("error", failed);
        response.on("end", () => {
          const given = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
            values.map((value): [string, string] => [name, value]),
          );
          const status = response.statusCode ?? 502;
          // These have no body, and a Response refuses to be made with one.
          const isBare = [101, 204, 205, 304].includes(status);
          answered(new Response(isBare ? null : Buffer.concat(chunks), { status, headers: given }));
        });
      },
    );
    call.on("error", failed);
    call.end(body);
  });
}
