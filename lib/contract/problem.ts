// An error as the API tells it: application/problem+json (RFC 9457) with a stable code.
import { z } from "zod";

export const problemCodes = [
  "invalid_input",
  "payload_too_large",
  "unknown_provider",
  "unauthenticated",
  "forbidden",
  "not_found",
  "method_not_allowed",
  "conflict",
  "gone",
  "version_mismatch",
  "unsupported_media_type",
  "too_slow",
  "rate_limited",
  "unavailable",
  "internal",
] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** What each is answered with. */
export const problemKinds: Record<ProblemCode, { status: number; title: string }> = {
  invalid_input: { status: 422, title: "The request is not valid" },
  payload_too_large: { status: 413, title: "Too large" },
  unknown_provider: { status: 422, title: "There is no such provider" },
  unauthenticated: { status: 401, title: "Not signed in" },
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "This address does not take this method" },
  conflict: { status: 409, title: "Someone or something else was first" },
  gone: { status: 410, title: "Its time is over" },
  version_mismatch: { status: 412, title: "Changed meanwhile" },
  unsupported_media_type: { status: 415, title: "The body must be JSON" },
  too_slow: { status: 408, title: "The body came too slowly" },
  rate_limited: { status: 429, title: "Too many requests" },
  unavailable: { status: 503, title: "Not available now" },
  internal: { status: 500, title: "Something went wrong here" },
};

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(problemCodes),
  detail: z.string(),
  /** For `invalid_input`, and a record that the key may not enqueue: each field, and how to mend it. */
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  /** For `conflict`: who was first, and when. */
  by: z.string().optional(),
  at: z.iso.datetime().optional(),
});
export type Problem = z.infer<typeof Problem>;

/** A problem of that code; `detail` is for people. */
export const problemOf = (
  code: ProblemCode,
  detail: string,
  extras: Pick<Problem, "errors" | "by" | "at"> = {},
): Problem => ({ type: `urn:redrive:problem:${code}`, ...problemKinds[code], code, detail, ...extras });
