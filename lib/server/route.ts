// What every handler shares. A request walks one way: caller → permission → body, query and path → run → JSON; whatever
// refuses it on the way becomes a problem with a stable code.
import type { z } from "zod";
import { Denied } from "#db/writes/refused.ts";
import type { AnySql } from "#db/writes/transaction.ts";
import type { Operation } from "#lib/contract/operation.ts";
import type { Permission } from "#lib/core/access.ts";
import { type Caller, callerOf, denial } from "#lib/server/caller.ts";
import { type Deps, deps as ownDeps } from "#lib/server/deps.ts";
import { type Answer, idempotencyKeyOf, once } from "#lib/server/idempotency.ts";
import { problemResponse, Refusal } from "#lib/server/problem.ts";
import { type JsonBody, readJson } from "#lib/server/request-body.ts";
import { refuseForeignOrigin } from "#lib/server/same-origin.ts";

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
};

/** The permission that a caller lacks; null when they may. */
type Missing = (caller: Caller) => Permission | null;

/** One of these is enough to be let in; which one, the act itself decides. */
export const anyOf =
  (first: Permission, ...others: Permission[]): Missing =>
  ({ may }) =>
    [first, ...others].some(may) ? null : first;

type Rule<
  Input extends z.ZodType,
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Output extends z.ZodType,
> = {
  /** The permission that is needed, or a rule that tells which one is missing. */
  may: Permission | Missing;
  params?: Params;
  query?: Query;
  input?: Input;
  /** What is answered: anything that the shape does not name is left out. */
  output?: Output;
  /** The status of a success; 200. */
  status?: 200 | 201 | 202;
  /** The answer holds a secret: it is kept for no Idempotency-Key, and each request runs. */
  isSecret?: boolean;
  headers?: (body: z.output<Output>) => Record<string, string>;
  run: (
    given: Given<z.output<Input>, z.output<Query>, z.output<Params>>,
  ) => Promise<z.input<Output> | Response>;
};

type Doing<
  Input extends z.ZodType,
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Output extends z.ZodType,
> = Pick<Rule<Input, Query, Params, Output>, "headers" | "run">;

/** What Next calls; it carries the operation that it serves. */
export type Served = ((request: Request, context: Context) => Promise<Response>) & { operation?: Operation };

/** A Next route handler of an operation, which it carries, so that its answers can be held against its description. */
export function serve<
  Input extends z.ZodType,
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Output extends z.ZodType,
>(operation: Operation<Input, Query, Params, Output>, doing: Doing<Input, Query, Params, Output>): Served {
  const { may, params, query, input, output, status, isSecret } = operation;
  const [first, ...others] = typeof may === "string" ? [may] : may;
  if (first === undefined) throw new Error(`${operation.id} names no permission`);
  const rule = { may: anyOf(first, ...others), params, query, input, output, status, isSecret, ...doing };
  return Object.assign(route(rule), { operation: operation as unknown as Operation });
}

type Context = { params: Promise<Record<string, string | string[] | undefined>> };

/** A Next route handler that does what the rule says. */
export function route<
  Input extends z.ZodType = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Output extends z.ZodType = z.ZodType<unknown>,
>(rule: Rule<Input, Query, Params, Output>): (request: Request, context: Context) => Promise<Response> {
  return async (request, context) => {
    const deps = ownDeps();
    try {
      const caller = await callerOf(request, deps);
      refuseForeignOrigin(request, caller, deps);
      refuseWithoutPermission(caller, rule.may);
      const params = parseParams(rule.params, await context.params);
      const query = parseQuery(rule.query, new URL(request.url).searchParams);
      const body = rule.input ? await readJson(request) : { text: "", value: {} };
      const input = parseInput(rule.input, body);
      const given = { input, query, params, caller, request, text: body.text };
      return await answer(
        rule,
        given as Omit<Given<z.output<Input>, z.output<Query>, z.output<Params>>, "deps">,
        deps,
      );
    } catch (error) {
      return problemResponse(error, deps.log);
    }
  };
}

async function answer<
  Input extends z.ZodType,
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Output extends z.ZodType,
>(
  rule: Rule<Input, Query, Params, Output>,
  given: Omit<Given<z.output<Input>, z.output<Query>, z.output<Params>>, "deps">,
  deps: Deps,
): Promise<Response> {
  const { caller, request, text } = given;
  const status = rule.status ?? 200;
  const run = async (sql: AnySql): Promise<Answer | Response> => {
    const result = await rule.run({ ...given, deps: { ...deps, sql } }).catch((error: unknown) => {
      throw error instanceof Denied ? denial(caller, error.permission) : error;
    });
    if (result instanceof Response) return result;
    return { status, body: rule.output ? rule.output.parse(result) : result };
  };

  const key = rule.input && !rule.isSecret ? idempotencyKeyOf(request) : null;
  const done =
    key === null
      ? await run(deps.sql)
      : await once({ deps, caller, request, text, key }, async (sql) => {
          const first = await run(sql);
          if (first instanceof Response) throw new Error("an answer that is a stream can't be repeated");
          return first;
        });
  if (done instanceof Response) return done;
  return Response.json(done.body, {
    status: done.status,
    headers: { "cache-control": "no-store", ...rule.headers?.(done.body as z.output<Output>) },
  });
}

function refuseWithoutPermission(caller: Caller, rule: Permission | Missing): void {
  const missing = typeof rule === "function" ? rule(caller) : caller.may(rule) ? null : rule;
  if (missing !== null) throw denial(caller, missing);
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
  const { data, error } = shape.safeParse(value);
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
