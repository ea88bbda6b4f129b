// `redrive/client`: Redrive's HTTP API from any JavaScript, with its types and without a dependency.
import { call, isIdempotencyKey, type Settings } from "./call.ts";
import { type CallOptions, type Calls, operations } from "./operations.ts";
import { RedriveError } from "./problem.ts";
import { type Hint, readHints } from "./stream.ts";

export type { Settings } from "./call.ts";
export type * from "./operations.ts";
export { type FieldProblem, type Problem, RedriveError } from "./problem.ts";
export type { Hint } from "./stream.ts";

type Sent = CallOptions & {
  /** The body as JSON text: every digit of its numbers stays, where `JSON.stringify` would round. */
  text?: string;
  body?: unknown;
};

export type Client = Calls & {
  /** Any call of the API; `path` begins below `/api/v1`. */
  send: <Answer>(method: string, path: string, sent?: Sent) => Promise<Answer>;
  /** What changes from now on, until `signal` aborts: hints of it, never the data. It ends when the connection does. */
  hints: (signal: AbortSignal) => AsyncGenerator<Hint>;
};

/**
 * A client of one Redrive. Left out, `url` and `key` are those of REDRIVE_URL and REDRIVE_API_KEY.
 *
 * A write is sent again until it is answered, with an `Idempotency-Key`, so that it happens once.
 *
 * @throws RedriveError `bad_settings` where they can't be used.
 */
export function createClient(settings: Partial<Settings> = {}): Client {
  const whole = checked(settings);

  async function send<Answer>(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const { idempotencyKey, ifMatch, signal, body } = sent;
    const text = sent.text ?? (body === undefined ? null : JSON.stringify(body));
    const response = await call(whole, {
      method,
      path,
      text,
      signal,
      headers: {
        ...(reading.test(method) ? {} : { "idempotency-key": keyOf(idempotencyKey ?? crypto.randomUUID()) }),
        ...(ifMatch === undefined ? {} : { "if-match": `"${ifMatch}"` }),
      },
    });
    return (await answerOf(response, whole.url)) as Answer;
  }

  const named = Object.entries(operations).map(([id, operation]) => [id, method(operation, send)]);
  return { ...Object.fromEntries(named), send, hints: (signal) => readHints(whole, signal) };
}

/** Everything of a list, page after page: `for await (const record of each(redrive.listRecords, { status: "failed" }))`. */
export async function* each<Item, Query extends object>(
  list: (query?: Query, options?: CallOptions) => Promise<{ items: readonly Item[]; next: string | null }>,
  query: NoInfer<Query>,
  options?: CallOptions,
): AsyncGenerator<Item> {
  let page = await list(query, options);
  yield* page.items;
  while (page.next !== null) {
    page = await list({ ...query, after: page.next }, options);
    yield* page.items;
  }
}

type Row = { method: string; path: string; takes: "body" | "query" | "nothing" };

/** Its arguments: each part of the path, then the body or the query if it takes one, then the options. */
function method({ method, path, takes }: Row, send: Client["send"]) {
  const count = path.split("{").length - 1;
  return async (...given: unknown[]): Promise<unknown> => {
    const parts = given.slice(0, count);
    const address = path.replaceAll(/\{\w+\}/g, (name) => part(name, String(parts.shift())));
    const rest = given.slice(count);
    const own = takes === "nothing" ? undefined : rest.shift();
    const options = (rest[0] ?? {}) as CallOptions;
    if (takes === "body") return send(method, address, { ...options, body: own ?? {} });
    return send(method, address + queryOf((own ?? {}) as Record<string, unknown>), options);
  };
}

/** Nothing, and dots alone, would lead to another address. */
function part(name: string, value: string): string {
  if (!["", ".", ".."].includes(value)) return encodeURIComponent(value);
  throw new RedriveError("bad_settings", `${name.slice(1, -1)}: must name something, not "${value}".`);
}

/** `?a=1&b=2` of the values that are there. */
function queryOf(values: Record<string, unknown>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return "";
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

async function answerOf(response: Response, url: string): Promise<unknown> {
  const text = await response.text();
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RedriveError(
      "not_an_api",
      `${url} answered no JSON, so it is not Redrive's API: check the address.`,
      {
        status: response.status,
        cause,
      },
    );
  }
}

/** @throws RedriveError for one that can't be sent, before it is tried. */
function keyOf(key: string): string {
  if (isIdempotencyKey(key)) return key;
  throw new RedriveError(
    "bad_settings",
    "idempotencyKey: must be 1 to 255 characters, none of them beyond Latin-1, which is all that a header carries.",
  );
}

const reading = /^(get|head)$/i;

/** A browser has no environment. */
const environment = (name: string): string | undefined =>
  typeof process === "undefined" ? undefined : process.env[name];

/** The key goes into a header: there, what is wrong with it would be told together with it. */
function checked(given: Partial<Settings>): Settings {
  const { url = environment("REDRIVE_URL"), key = environment("REDRIVE_API_KEY"), ...others } = given;
  const bad = (sentence: string) => new RedriveError("bad_settings", sentence);
  if (!url)
    throw bad("url: is missing; give where Redrive is, or set REDRIVE_URL, like http://localhost:3000.");
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw bad("url: must be an http or https URL, like http://localhost:3000.");
  const { username, password } = new URL(url);
  if (username !== "" || password !== "")
    throw bad("url: must not carry a user name or password; a key proves who you are.");
  if (!key) throw bad("key: is missing; give an API key, or set REDRIVE_API_KEY.");
  if (!/^[\x21-\x7e]+$/.test(key))
    throw bad("key: holds characters that no key has; was a line break copied along?");
  return { ...others, url, key };
}
