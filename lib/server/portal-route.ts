// What the end users' API shares: Bearer token → action → path, query and body → run → JSON. No cookie is read here, and no
// other origin is let in, so nothing that a browser sends along by itself can act.
import type { z } from "zod";
import type { PortalAction } from "#lib/core/portal.ts";
import { type Deps, deps as ownDeps } from "#lib/server/deps.ts";
import { type ClosedWhy, type PortalCaller, portalCaller } from "#lib/server/portal-caller.ts";
import { problemResponse, Refusal } from "#lib/server/problem.ts";
import { readJson } from "#lib/server/request-body.ts";
import { parseInput, parseParams, parseQuery } from "#lib/server/route.ts";

type Given<Input, Query, Params> = {
  input: Input;
  query: Query;
  params: Params;
  caller: PortalCaller;
  deps: Deps;
};

type Rule<
  Input extends z.ZodType,
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Output extends z.ZodType,
> = {
  /** What the token must allow; of several, one. */
  action: PortalAction | readonly PortalAction[];
  params?: Params;
  query?: Query;
  input?: Input;
  output: Output;
  run: (given: Given<z.output<Input>, z.output<Query>, z.output<Params>>) => Promise<z.input<Output>>;
};

type Context = { params: Promise<Record<string, string | string[] | undefined>> };

/** A Next route handler of the end users' API. */
export function portalRoute<
  Output extends z.ZodType,
  Input extends z.ZodType = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
>(rule: Rule<Input, Query, Params, Output>): (request: Request, context: Context) => Promise<Response> {
  return async (request, context) => {
    const deps = ownDeps();
    try {
      const entry = await portalCaller(bearerOf(request), deps);
      if ("closed" in entry) throw closedRefusal(entry.closed);
      const { caller } = entry;
      refuseWithoutAction(caller, rule.action);
      const params = parseParams(rule.params, await context.params);
      const query = parseQuery(rule.query, new URL(request.url).searchParams);
      const input = parseInput(rule.input, rule.input ? await readJson(request) : { text: "", value: {} });
      const given = { input, query, params, caller, deps } as Given<
        z.output<Input>,
        z.output<Query>,
        z.output<Params>
      >;
      return Response.json(rule.output.parse(await rule.run(given)), {
        headers: { "cache-control": "no-store" },
      });
    } catch (error) {
      return problemResponse(error, deps.log);
    }
  };
}

export const bearerOf = (request: Request): string | null =>
  /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;

const closedWords: Record<ClosedWhy, string> = {
  missing: "Send an end user's token as: Authorization: Bearer <token>.",
  invalid: "This token is none of ours.",
  expired: "This token has expired; make another.",
  used: "This token was good once, and has been used.",
  unopened: "This token is good once: exchange it first with POST /api/v1/my/session.",
};

export const closedRefusal = (why: ClosedWhy): Refusal => new Refusal("unauthenticated", closedWords[why]);

function refuseWithoutAction(
  { actions }: PortalCaller,
  needed: Rule<z.ZodType, z.ZodObject, z.ZodObject, z.ZodType>["action"],
): void {
  const any = [needed].flat();
  if (any.some((action) => actions.includes(action))) return;
  throw new Refusal(
    "forbidden",
    `This token does not allow "${any.join('" or "')}"; it allows: ${actions.join(", ")}.`,
  );
}
