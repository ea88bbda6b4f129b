// One call of the API: sent again where that is safe and of use, with the same Idempotency-Key, until it is answered.
import { RedriveError, refusalOf } from "./problem.ts";

export type Settings = {
  /** Where Redrive is, like `https://redrive.example`. */
  url: string;
  /** An API key. */
  key: string;
  /** How often a call is tried in all; 5. */
  tries?: number;
  /** How long one try may take, ms; 30,000. */
  timeoutMs?: number;
  /** Replaces the runtime's own. */
  fetch?: typeof fetch;
  /** Replaces `setTimeout` between two tries. */
  pause?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
};

export type Request = {
  method: string;
  /** Below `/api/v1`, its query included. */
  path: string;
  /** JSON text; null sends no body. */
  text: string | null;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

/** Nothing was done, or it is safe to ask again under the same key. */
const again = new Set([408, 425, 429, 500, 502, 503, 504]);
/** The pauses between tries, ms: doubled each time. What the server asks for counts, as far as anyone would wait. */
const pauses = { first: 200, most: 5_000, asked: 60_000 };

/** @throws RedriveError when it is refused, or was tried often enough. */
export async function call(settings: Settings, request: Request): Promise<Response> {
  const tries = Math.max(1, settings.tries ?? 5);
  for (let nth = 1; ; nth++) {
    const ended = await once(settings, request);
    if (ended instanceof Response && ended.ok) return ended;
    const isLast = nth >= tries || (ended instanceof Response && !again.has(ended.status));
    if (isLast) throw ended instanceof Response ? await refusalOf(ended, addressOf(settings)) : ended;
    const waitMs = ended instanceof Response ? askedMs(ended) : null;
    if (ended instanceof Response) await ended.body?.cancel();
    const { pause = pauseFor } = settings;
    await pause(waitMs ?? backoffMs(nth), request.signal);
  }
}

/** What can be told from others as a key: the server trims it and takes 255 characters, and a header carries no more than Latin-1. */
export const isIdempotencyKey = (text: string): boolean => /^[\x20-\x7e\xa0-\xff]{1,255}$/.test(text.trim());

/** An answer, or why none came. */
async function once(settings: Settings, { method, path, text, headers: own, signal }: Request) {
  const { key, timeoutMs = 30_000, fetch: reach = fetch } = settings;
  // What no header can carry is the caller's, not the network's: it is thrown from here.
  const headers = Object.fromEntries(
    new Headers({
      authorization: `Bearer ${key}`,
      accept: "application/json, application/problem+json",
      ...(text === null ? {} : { "content-type": "application/json" }),
      ...own,
    }),
  );
  const late = AbortSignal.timeout(timeoutMs);
  try {
    return await reach(`${addressOf(settings)}/api/v1${path}`, {
      method,
      body: text,
      // Followed, a redirect would carry the key to wherever it points.
      redirect: "error",
      signal: signal ? AbortSignal.any([signal, late]) : late,
      headers,
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (late.aborted)
      return new RedriveError("timeout", `${addressOf(settings)} did not answer within ${timeoutMs} ms.`);
    return new RedriveError(
      "unreachable",
      `Redrive can't be reached at ${addressOf(settings)} (${reasonOf(error)}): check the address, and that it runs.`,
      { cause: error },
    );
  }
}

const addressOf = ({ url }: Settings) => url.replace(/\/+$/, "");

const backoffMs = (nth: number) =>
  Math.min(pauses.most, pauses.first * 2 ** (nth - 1)) * (0.5 + Math.random() / 2);

/** `Retry-After` in seconds or as a date; null where it says nothing. */
function askedMs({ headers }: Response): number | null {
  const text = headers.get("retry-after");
  if (text === null) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(pauses.asked, Math.max(0, ms));
}

/** `fetch failed` says nothing; what it was caused by does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return "no reason given";
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}

function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, failed) => {
    signal?.throwIfAborted();
    const over = () => {
      clearTimeout(timer);
      failed(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", over);
      done();
    }, ms);
    signal?.addEventListener("abort", over, { once: true });
  });
}
