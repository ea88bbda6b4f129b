// One HTTP call: a request in, what came back out. Whatever a provider can do is a value; nothing here throws.
import type { Dispatcher, Pool } from "undici";
import type { Reply } from "#lib/core/reply.ts";
import { AddressRefused } from "#lib/node/address-guard.ts";

export type Request = {
  method: Dispatcher.HttpMethod;
  /** Path and query. */
  path: string;
  /** Name, value, name, value … */
  headers: string[];
  body: string | null;
};

/** The longest response that is read, bytes; one that is longer is cut and means nothing. */
export const responseLimit = 1_048_576;

/**
 * Calls and waits for the whole response, `totalMs` at most.
 *
 * @param abort ends the call early, as a timeout; used when the worker's grace is over.
 */
export function call(pool: Pool, request: Request, totalMs: number, abort?: AbortSignal): Promise<Reply> {
  // A signal that is aborted already tells nobody, and a timer of nothing lets the request leave first.
  if (abort?.aborted || totalMs <= 0)
    return Promise.resolve({ kind: "timeout", phase: "connect", sent: false });
  return new Promise((done) => {
    const exchange = new Exchange(done, totalMs, abort);
    try {
      pool.dispatch({ ...request, headers: request.headers }, exchange);
    } catch (error) {
      exchange.fail(error);
    }
  });
}

/** The state of one call, as undici reports it. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #done: (reply: Reply) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #abort: AbortSignal | undefined;
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #over = false;
  readonly #startedMs = performance.now();

  constructor(done: (reply: Reply) => void, totalMs: number, abort: AbortSignal | undefined) {
    this.#done = done;
    // Always a deadline of our own: a slow drip of bytes resets undici's body timeout for ever.
    this.#timer = setTimeout(this.#outOfTime, totalMs);
    this.#abort = abort;
    abort?.addEventListener("abort", this.#outOfTime, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error("out of time"));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    this.#headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(", ")]),
    );
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > responseLimit) {
      this.#respond(true);
      controller.abort(new Error("response over the limit"));
    } else {
      this.#chunks.push(chunk);
    }
  }

  onResponseEnd(): void {
    this.#respond(false);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  fail(error: unknown): void {
    const reply = replyOf(error, this.#controller !== null);
    this.#finish(reply.kind === "timeout" ? { ...reply, afterMs: this.#waitedMs() } : reply);
  }

  #respond(truncated: boolean): void {
    const body = Buffer.concat(this.#chunks).toString("utf8");
    this.#finish({ kind: "response", status: this.#status, headers: this.#headers, body, truncated });
  }

  #outOfTime = (): void => {
    const sent = this.#controller !== null;
    this.#finish({ kind: "timeout", phase: sent ? "total" : "connect", sent, afterMs: this.#waitedMs() });
    this.#controller?.abort(new Error("out of time"));
  };

  #waitedMs(): number {
    return Math.round(performance.now() - this.#startedMs);
  }

  #finish(reply: Reply): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#abort?.removeEventListener("abort", this.#outOfTime);
    this.#done(reply);
  }
}

/** @param sent whether the request had been handed to a socket. */
function replyOf(error: unknown, sent: boolean): Reply {
  if (error instanceof AddressRefused) return { kind: "refused", why: error.message };
  const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
  const message = error instanceof Error ? error.message : String(error);
  switch (code) {
    case "UND_ERR_CONNECT_TIMEOUT":
      return { kind: "timeout", phase: "connect", sent: false };
    case "UND_ERR_HEADERS_TIMEOUT":
      return { kind: "timeout", phase: "headers", sent: true };
    case "UND_ERR_BODY_TIMEOUT":
      return { kind: "timeout", phase: "body", sent: true };
    case "UND_ERR_INVALID_ARG":
      return { kind: "refused", why: `the request can't be sent: ${message}` };
    default:
      return { kind: "network", code, message, sent };
  }
}
