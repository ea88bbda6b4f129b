// One attempt through an adapter, step by step. Whatever the adapter throws, or gives that makes no sense, becomes a value:
// an adapter may be wrong, the worker goes on.
import { isDelivered } from "#lib/core/outcome.ts";
import type { Reply } from "#lib/core/reply.ts";
import {
  type Adapter,
  BadPayload,
  type DirectAdapter,
  type HttpAdapter,
  type Moment,
  type Outgoing,
  type Reading,
} from "#worker/adapters/adapter.ts";
import { readingProblem, replyProblem, requestProblem } from "#worker/adapters/checked.ts";
import type { Request } from "#worker/http/call.ts";

/** Calls in one attempt; an adapter that wants more goes round in a circle. */
const stepsMax = 10;
/** Of an error, characters. */
const keptMessage = 2_000;
const keptStack = 8_000;

export type Attempted =
  /** The last reply, and what the adapter read in it; null when it left that to the usual rules. */
  | { kind: "replied"; reply: Reply; reading: Reading | null }
  /** `reply` is what had come back before the adapter went wrong; null when nothing had been called. */
  | { kind: "adapter_error"; message: string; stack: string; reply: Reply | null }
  | { kind: "bad_payload"; message: string };

export type Given = Moment & {
  /** One call, within what is left of the attempt's time. */
  send: (request: Request) => Promise<Reply>;
  /** Ends what a direct adapter is at. */
  signal: AbortSignal;
};

/** Rejects only when `send` does: that is not the adapter's fault. */
export function attemptWith(adapter: Adapter, record: Outgoing, given: Given): Promise<Attempted> {
  if (adapter.kind === "direct") return deliver(adapter, record, given);
  const request = guarded("build", () => adapter.build(record, given), buildProblem, null);
  if ("fault" in request) return Promise.resolve(request.fault);
  // The hot path: most adapters build and are done.
  if (!adapter.read && !adapter.next) return given.send(request.value).then(unread);
  return inSteps(adapter, record, request.value, given);
}

const buildProblem = (request: unknown) => requestProblem("build", request);
const nextProblem = (request: unknown) =>
  request === null || request === undefined ? null : requestProblem("next", request);
const unread = (reply: Reply): Attempted => ({ kind: "replied", reply, reading: null });

async function inSteps(
  adapter: HttpAdapter,
  record: Outgoing,
  first: Request,
  given: Given,
): Promise<Attempted> {
  let request = first;
  for (let step = 1; ; step++) {
    const reply = await given.send(request);
    const replied = readWith(adapter, record, reply);
    if (!adapter.next || reply.kind !== "response" || !means(replied, reply)) return replied;
    const following = guarded("next", () => adapter.next?.(reply, record, step, given), nextProblem, reply);
    if ("fault" in following) return following.fault;
    if (!following.value) return replied;
    if (step === stepsMax)
      return faultOf(new Error(`next: wants more than ${stepsMax} calls for one record`), reply);
    request = following.value;
  }
}

async function deliver(adapter: DirectAdapter, record: Outgoing, given: Given): Promise<Attempted> {
  try {
    const reply = await adapter.deliver(record, given);
    const problem = replyProblem(reply);
    return problem === null ? readWith(adapter, record, reply) : faultOf(new Error(problem), null);
  } catch (error) {
    return faultOf(error, null);
  }
}

/** @param adapter its hooks are called as its methods: one that is a class needs its `this`. */
function readWith(adapter: Pick<HttpAdapter, "read">, record: Outgoing, reply: Reply): Attempted {
  if (!adapter.read || reply.kind !== "response") return unread(reply);
  const reading = guarded("read", () => adapter.read?.(reply, record), readingProblem, reply);
  return "fault" in reading ? reading.fault : { kind: "replied", reply, reading: reading.value ?? null };
}

/** Whether a reply means success, so that something may follow. */
function means(replied: Attempted, { status, truncated }: Extract<Reply, { kind: "response" }>): boolean {
  if (replied.kind !== "replied") return false;
  const outcome = replied.reading?.outcome;
  return outcome ? isDelivered(outcome) : status >= 200 && status <= 299 && !truncated;
}

/** What a hook gives, or what is wrong with it; `reply` is what has come back so far. */
function guarded<T>(
  hook: string,
  run: () => T,
  problemOf: (value: T) => string | null,
  reply: Reply | null,
): { value: T } | { fault: Attempted } {
  try {
    const value = run();
    const problem = value instanceof Promise ? promised(hook, value) : problemOf(value);
    return problem === null ? { value } : { fault: faultOf(new Error(problem), reply) };
  } catch (error) {
    return { fault: faultOf(error, reply) };
  }
}

function promised(hook: string, value: Promise<unknown>): string {
  // Nobody will ever wait for it, and a rejection without a listener ends the process.
  value.catch(() => {});
  return `${hook}: must answer at once, not with a promise`;
}

function faultOf(error: unknown, reply: Reply | null): Attempted {
  if (error instanceof BadPayload) return { kind: "bad_payload", message: cut(error.message, keptMessage) };
  const { message, stack } = wordsOf(error);
  return { kind: "adapter_error", message: cut(message, keptMessage), stack: cut(stack, keptStack), reply };
}

/** Anything can be thrown, even what can't be made a text. */
function wordsOf(error: unknown): { message: string; stack: string } {
  try {
    if (!(error instanceof Error)) return { message: String(error), stack: "" };
    return { message: String(error.message) || error.name, stack: String(error.stack ?? "") };
  } catch {
    return { message: "it threw something that can't be written down", stack: "" };
  }
}

const cut = (text: string, most: number): string => text.slice(0, most).toWellFormed();
