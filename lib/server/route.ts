// What every handler shares. A request walks one way: caller → permission → body, query and path → run → JSON; whatever
// refuses it on the way becomes a problem with a stable code.
import type { z } from "zod";
import { Denied } from "#db/writes/refused.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import { fieldWords } from "#lib/contract/field-words.ts";
import type { Operation } from "#lib/contract/operation.ts";
import type { Permission } from "#lib/core/access.ts";
import type { Bounds } from "#lib/core/key.ts";
import { countRequest, countStranger, isCounted, withRate } from "#lib/server/api-rate.ts";
import { type Caller, callerOf, denial } from "#lib/server/caller.ts";
import { type Deps, deps as ownDeps } from "#lib/server/deps.ts";
import { type Answer, idempotencyKeyOf, once } from "#lib/server/idempotency.ts";
import { problemResponse, Refusal } from "#lib/server/problem.ts";
import { type JsonBody, readJson } from "#lib/server/request-body.ts";
import { refuseForeignOrigin } from "#lib/server/same-origin.ts";
import { boundsOf, holdAnswerWithin, holdWithin, refuseClosed } from "#lib/server/within.ts";

/** What a handler is given. */
export type Given<Input, Query, Params> = {
  input: Input;
  query: Query;
  params: Params;
  caller: Caller;
  /** The process's own set; inside an idempotent request `sql` is its transaction. */
  deps: Omit<Deps, "sql"> & { sql: AnySql };
  request: Request;
  /** The body as it came. */
  text: string;
  /** What the caller is kept to; null for everything. A list answers nothing else. */
  within: Bounds | null;
};

type Doing<
  Input extends z.ZodType,
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Output extends z.ZodType,
> = {
  /** Those that the operation names. */
  headers?: (body: z.output<Output>) => Record<string, string>;
  run: (
    given: Given<z.output<Input>, z.output<Query>, z.output<Params>>,
  ) => Promise<z.input<Output> | Response>;
};

export type Context = { params: Promise<Record<string, string | string[] | undefined>> };

/** What Next calls; it carries the operation that it serves, so that its answers can be held against its description. */
export type Served = ((request: Request, context: Context) => Promise<Response>) & { operation: Operation };

/** A handler that looks itself at who calls, with the operation that it serves. */
export const serveAs = (
  operation: Pick<Operation, "id" | "may">,
  handler: (request: Request, context: Context) => Promise<Response>,
): Served =>
  Object.assign(
    async (request: Request, context: Context) => {
      const { env, log } = ownDeps();
      try {
        if (!looksAtWhoCalls(operation)) await countStranger(request, env);
        const response = await handler(request, context);
        // Nobody who could be counted was found.
        if (!isCounted(request)) await countStranger(request, env);
        return withRate(request, response);
      } catch (error) {
        return withRate(request, problemResponse(error, log));
      }
    },
    { operation: operation as Operation },
  );

/** Whether its handler finds out who calls, and counts the request for them. */
const looksAtWhoCalls = ({ may }: Pick<Operation, "may">): boolean =>
  typeof may === "string" || !("proof" in may) || may.proof === "end_user";

/** A Next route handler of an operation for people with a session and programs with a key. */
export function serve<
  Input extends z.ZodType,
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Output extends z.ZodType,
>(operation: Operation<Input, Query, Params, Output>, doing: Doing<Input, Query, Params, Output>): Served {
  const anyOf = permissionsOf(operation);
  return serveAs(operation, async (request, context) => {
    const deps = ownDeps();
    try {
      const caller = await callerOf(request, deps);
      await countRequest(request, `${caller.kind}:${caller.id}`, deps.env);
      refuseForeignOrigin(request, caller, deps);
      refuseWithoutPermission(caller, anyOf);
      refuseClosed(operation, caller);
      const params = parseParams(operation.params, await context.params);
      const query = parseQuery(operation.query, new URL(request.url).searchParams);
      const body = operation.input ? await readJson(request) : { text: "", value: {} };
      const asked = parseInput(operation.input, body);
      const input = await holdWithin(operation, caller, { params, input: asked }, deps.sql);
      const given = { input, query, params, caller, request, text: body.text, within: boundsOf(caller) };
      return await answer(
        operation,
        doing,
        given as Omit<Given<z.output<Input>, z.output<Query>, z.output<Params>>, "deps">,
        deps,
      );
    } catch (error) {
      return problemResponse(error, deps.log);
    }
  });
}

/** One of these is enough to be let in; which one, the act itself decides. */
function permissionsOf({ id, may }: Pick<Operation, "id" | "may">): [Permission, ...Permission[]] {
  const [first, ...others] = typeof may === "string" ? [may] : "proof" in may ? [] : may;
  if (first === undefined) throw new Error(`${id} names no permission`);
  return [first, ...others];
}

async function answer<
  Input extends z.ZodType,
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Output extends z.ZodType,
>(
  { status = 200, ...operation }: Operation<Input, Query, Params, Output>,
  doing: Doing<Input, Query, Params, Output>,
  given: Omit<Given<z.output<Input>, z.output<Query>, z.output<Params>>, "deps">,
  deps: Deps,
): Promise<Response> {
  const { caller, request, text } = given;
  const run = async (sql: AnySql): Promise<Answer | Response> => {
    const result = await doing.run({ ...given, deps: { ...deps, sql } }).catch((error: unknown) => {
      throw error instanceof Denied ? denial(caller, error.permission) : error;
    });
    if (result instanceof Response) return result;
    const body = operation.output ? operation.output.parse(result) : result;
    await holdAnswerWithin(operation, caller, body, sql);
    return { status, body, kept: without(body, operation.shownOnce) };
  };

  const key = operation.input && !operation.isSecret ? idempotencyKeyOf(request) : null;
  const done =
    key === null
      ? await run(deps.sql)
      : await once({ deps, caller, request, text, key }, async (sql) => {
          const first = await run(sql);
          if (first instanceof Response) throw new Error("an answer that is a stream can't be repeated");
          return first;
        });
  if (done instanceof Response) return done;
  if (done.isRepeated && operation.shownOnce !== undefined) throw shownAlready(operation.shownOnce);
  const headers = { "cache-control": "no-store", ...doing.headers?.(done.body as z.output<Output>) };
  if (done.status === 204) return new Response(null, { status: 204, headers });
  return Response.json(done.body, { status: done.status, headers });
}

/** What of an answer is kept for a repetition of its request. */
const without = (body: unknown, member: string | undefined): unknown =>
  member === undefined
    ? body
    : Object.fromEntries(Object.entries(body as object).filter(([name]) => name !== member));

const shownAlready = (member: string): Refusal =>
  new Refusal(
    "conflict",
    `A request with this Idempotency-Key was done already. Its \`${member}\` was shown then, and is not kept; if it got lost, ask for another with a new Idempotency-Key.`,
  );

function refuseWithoutPermission(caller: Caller, anyOf: [Permission, ...Permission[]]): void {
  if (!anyOf.some(caller.may)) throw denial(caller, anyOf[0]);
}

/** A path that names nothing possible is a path to nothing. */
export function parseParams(
  shape: z.ZodObject | undefined,
  raw: Record<string, unknown>,
): Record<string, unknown> {
  if (!shape) return {};
  const parsed = shape.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new Refusal("not_found", "There is nothing at this address.");
}

export function parseQuery(shape: z.ZodObject | undefined, search: URLSearchParams): Record<string, unknown> {
  const twice = [...new Set(search.keys())].filter((name) => search.getAll(name).length > 1);
  if (twice.length > 0) {
    throw refusalOf(twice.map((field) => ({ field, message: "is given more than once; give it once" })));
  }
  const given = Object.fromEntries(search);
  if (!shape) {
    const unknown = Object.keys(given).map((field) => ({
      field,
      message: "is not known here; leave it out",
    }));
    if (unknown.length > 0) throw refusalOf(unknown);
    return {};
  }
  return parsed(shape.strict(), given);
}

export function parseInput(shape: z.ZodType | undefined, { value }: JsonBody): unknown {
  return shape ? parsed(shape, value) : {};
}

/** @throws Refusal `invalid_input` naming each field that is wrong. */
export function parsed<Shape extends z.ZodType>(shape: Shape, value: unknown): z.output<Shape> {
  const { data, error } = shape.safeParse(value, { error: fieldWords });
  if (error) throw refusalOf(error.issues.flatMap(fieldErrors));
  return data;
}

type FieldError = { field: string; message: string };

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: [...path, key].join("."),
      message: "is not known here; leave it out",
    }));
  }
  return [{ field: path.join(".") || "body", message: issue.message }];
}

const refusalOf = (errors: FieldError[]): Refusal =>
  new Refusal("invalid_input", errors.map(({ field, message }) => `${field}: ${message}.`).join(" "), {
    errors,
  });
