// What the end users' API shares: Bearer token → action → path, query and body → run → JSON. No cookie is read here, and no
// other origin is let in, so nothing that a browser sends along by itself can act.
import type { z } from "zod";
import type { Operation } from "#lib/contract/operation.ts";
import type { PortalAction } from "#lib/core/portal.ts";
import { type Deps, deps as ownDeps } from "#lib/server/deps.ts";
import { type ClosedWhy, type PortalCaller, portalCaller } from "#lib/server/portal-caller.ts";
import { problemResponse, Refusal } from "#lib/server/problem.ts";
import { readJson } from "#lib/server/request-body.ts";
import { parseInput, parseParams, parseQuery, type Served, serveAs } from "#lib/server/route.ts";

type Given<Input, Query, Params> = {
  input: Input;
  query: Query;
  params: Params;
  caller: PortalCaller;
  deps: Deps;
};

type Doing<
  Input extends z.ZodType,
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Output extends z.ZodType,
> = {
  run: (given: Given<z.output<Input>, z.output<Query>, z.output<Params>>) => Promise<z.input<Output>>;
};

/** A Next route handler of an operation for end users. */
export function servePortal<
  Input extends z.ZodType,
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Output extends z.ZodType,
>(operation: Operation<Input, Query, Params, Output>, doing: Doing<Input, Query, Params, Output>): Served {
  const actions = actionsOf(operation);
  return serveAs(operation, async (request, context) => {
    const deps = ownDeps();
    try {
      const entry = await portalCaller(bearerOf(request), deps);
      if ("closed" in entry) throw closedRefusal(entry.closed);
      const { caller } = entry;
      refuseWithoutAction(caller, actions);
      const params = parseParams(operation.params, await context.params);
      const query = parseQuery(operation.query, new URL(request.url).searchParams);
      const body = operation.input ? await readJson(request) : { text: "", value: {} };
      const input = parseInput(operation.input, body);
      const given = { input, query, params, caller, deps } as Given<
        z.output<Input>,
        z.output<Query>,
        z.output<Params>
      >;
      const done = await doing.run(given);
      return Response.json(operation.output ? operation.output.parse(done) : done, {
        headers: { "cache-control": "no-store" },
      });
    } catch (error) {
      return problemResponse(error, deps.log);
    }
  });
}

function actionsOf({ id, may }: Pick<Operation, "id" | "may">): readonly PortalAction[] {
  if (typeof may !== "object" || !("proof" in may) || may.proof !== "end_user")
    throw new Error(`${id} names no action of an end user`);
  return [may.action].flat();
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

function refuseWithoutAction({ actions }: PortalCaller, any: readonly PortalAction[]): void {
  if (any.some((action) => actions.includes(action))) return;
  throw new Refusal(
    "forbidden",
    `This token does not allow "${any.join('" or "')}"; it allows: ${actions.join(", ")}.`,
  );
}
