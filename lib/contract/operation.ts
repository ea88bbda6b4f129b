// What one path and method of the API takes and answers: read by the handler that serves it, and by the API's description.
import type { z } from "zod";
import type { ProblemCode } from "#lib/contract/problem.ts";
import type { Permission } from "#lib/core/access.ts";
import type { PortalAction } from "#lib/core/portal.ts";

export const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof methods)[number];

/** How callers prove who they are where neither a session nor a key counts. */
export type Proof =
  /** An end user's token; of several actions it must allow one. */
  | { proof: "end_user"; action: PortalAction | readonly PortalAction[] }
  /** A token of an application's that is to be exchanged. */
  | { proof: "token" }
  /** A secret part of the address. */
  | { proof: "link" }
  /** A signature of the request. */
  | { proof: "signature" }
  /** None: anybody may. */
  | { proof: "none" };

export type Operation<
  Input extends z.ZodType = z.ZodType,
  Query extends z.ZodObject = z.ZodObject,
  Params extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
> = {
  /** Unique, in camel case, like `enqueueRecord`: what a generated client calls it. */
  id: string;
  method: Method;
  /** Below `/api/v1`, its parameters in braces, like `/records/{id}`. */
  path: `/${string}`;
  /** The part of the API it stands under, like `Records`. */
  tag: string;
  /** What it does, in a line. */
  summary: string;
  /** What else one has to know of it. */
  description?: string;
  /** The permission that is needed; of several one is enough to be let in, and the act decides which. */
  may: Permission | readonly Permission[] | Proof;
  params?: Params;
  query?: Query;
  input?: Input;
  /** What the body is sent as, where it is not JSON. */
  takes?: string;
  /** Takes `If-Match` with the version that was read. */
  ifMatch?: true;
  /** What is answered: anything that the shape does not name is left out. */
  output?: Output;
  /**
   * How it honours what a key is kept to; left out, it is not for such a key. A list answers only what is within, of a record
   * or provider that the path names any other is not found, and a new record must be within. What is by provider is not for
   * a key that is kept to an owner.
   */
  within?: "records" | "record" | "new_record" | "providers" | "provider";
  /** A member of the answer that is never stored: a repetition of the request is a conflict. */
  shownOnce?: string;
  /** The status of a success; 200. 204 answers nothing. */
  status?: 200 | 201 | 202 | 204;
  /** What a success is sent as, where it is not JSON. */
  answers?: string;
  /** The answer holds a secret: it is kept for no Idempotency-Key, and each request runs. */
  isSecret?: boolean;
  /** Headers that a success has. */
  headers?: readonly ("etag" | "location" | "content-disposition")[];
  /** Other ways to succeed. */
  besides?: readonly { status: 200 | 202 | 204; when: string; output?: z.ZodType; example?: unknown }[];
  /** Taken by the web process before any route is looked for. */
  servedBefore?: true;
  /** How it refuses, beside what any request may meet (401, 403, 404 for an address, 422, 429, 503). */
  problems?: readonly ProblemCode[];
  /** Shown in the description, and checked against the shapes. */
  example?: {
    params?: z.input<Params>;
    query?: z.input<Query>;
    input?: z.input<Input>;
    output?: z.output<Output>;
    /** What a success is, where it is not JSON. */
    text?: string;
  };
};

/** Gives an operation's parts their types. */
export const operation = <
  Input extends z.ZodType = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Output extends z.ZodType = z.ZodType<unknown>,
>(
  parts: Operation<Input, Query, Params, Output>,
): Operation<Input, Query, Params, Output> => parts;
