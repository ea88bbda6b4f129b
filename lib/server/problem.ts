// Errors as the API tells them: one stable code each, words for people, and nothing of our insides.
import { PostgresError } from "#db/client.ts";
import { BadCursor } from "#db/reads/cursor.ts";
import { Refused } from "#db/writes/refused.ts";
import { type Problem, type ProblemCode, problemKinds, problemOf } from "#lib/contract/problem.ts";
import { BadEnvironment } from "#lib/node/env.ts";
import type { Log } from "#lib/node/log.ts";

type Extras = Pick<Problem, "errors" | "by" | "at">;

/** A request that is turned down, and why. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly code: ProblemCode;
  readonly extras: Extras;
  constructor(code: ProblemCode, detail: string, extras: Extras = {}) {
    super(detail);
    this.code = code;
    this.extras = extras;
  }
  get status(): number {
    return problemKinds[this.code].status;
  }
  get detail(): string {
    return this.message;
  }
}

/** One field that is wrong, and how to mend it. */
export const invalid = (field: string, message: string): Refusal =>
  new Refusal("invalid_input", `${field}: ${message}`, { errors: [{ field, message }] });

/** The answer to a request that ended in an error; what is nobody's fault but ours is logged, not told. */
export function problemResponse(error: unknown, log: Log): Response {
  const refusal = asRefusal(error);
  if (refusal.code === "internal") log.error({ err: error }, "a request failed");
  if (refusal.code === "unavailable") log.warn({ err: error }, "a request could not be served now");
  const problem = problemOf(refusal.code, refusal.detail, refusal.extras);
  const { status } = problem;
  return new Response(JSON.stringify(problem), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(status === 401 ? { "www-authenticate": 'Bearer realm="redrive"' } : {}),
      ...(status === 503 ? { "retry-after": "5" } : {}),
      ...(status === 429 ? { "retry-after": String(secondsUntil(refusal.extras.at)) } : {}),
    },
  });
}

/** Where it isn't known, a minute. */
const secondsUntil = (at: string | undefined): number =>
  at === undefined ? 60 : Math.max(1, Math.ceil((Date.parse(at) - Date.now()) / 1_000));

/** Any error as a refusal. */
export function asRefusal(error: unknown): Refusal {
  for (const cause of causes(error)) {
    if (cause instanceof Refusal) return cause;
    if (cause instanceof Refused) return new Refusal(cause.code, cause.message, cause.extras);
    if (cause instanceof BadCursor) return invalid("after", cause.message);
    if (cause instanceof BadEnvironment) return new Refusal("unavailable", cause.message);
    if (cause instanceof PostgresError) return ofDatabase(cause);
    if (isConnectionError(cause))
      return new Refusal("unavailable", "The database does not answer. Try again soon.");
  }
  return new Refusal(
    "internal",
    "The request failed on our side. It is logged; try again, or tell an operator.",
  );
}

/** An error and what caused it: drizzle wraps what the driver throws. */
function* causes(error: unknown): Generator<unknown> {
  for (let depth = 0, cause = error; depth < 5 && cause != null; depth++) {
    yield cause;
    cause = cause instanceof Error ? cause.cause : null;
  }
}

function ofDatabase(error: InstanceType<typeof PostgresError>): Refusal {
  const of = (column: string) => error.table_name === "outbox" && error.column_name === column;
  if (error.code === "23503" && of("provider")) {
    return new Refusal("unknown_provider", `${error.message}. ${error.hint ?? ""}`.trim());
  }
  if (error.code === "54000" && of("payload")) {
    return new Refusal("payload_too_large", `${error.message}. ${error.hint ?? ""}`.trim());
  }
  if (error.code === "23505") return new Refusal("conflict", "One with this id or name exists already.");
  // 22: data exceptions, such as a NUL character in a text, or a year that no timestamp can hold.
  if (error.code.startsWith("22") || error.code === "54001") {
    return new Refusal(
      "invalid_input",
      "A value in the request cannot be stored, such as a NUL character in a text.",
    );
  }
  // A check of a partition's, which has no name: one was attached while the row was on its way to the default one.
  const isMoving = error.code === "23514" && error.constraint_name === undefined;
  // 08: connection, 53: resources, 57P: shutting down or starting, 40: to be tried again, 55P03 and 57014: waited too long.
  if (isMoving || /^(08|53|57P|40|55P03|57014)/.test(error.code)) {
    return new Refusal("unavailable", "The database cannot serve this now. Try again soon.");
  }
  return new Refusal(
    "internal",
    "The request failed on our side. It is logged; try again, or tell an operator.",
  );
}

const connectionCodes = new Set([
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
]);

const isConnectionError = (error: unknown): boolean =>
  error instanceof Error && "code" in error && connectionCodes.has(String(error.code));
