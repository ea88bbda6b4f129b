// An error as the API tells it: application/problem+json (RFC 9457) with a stable code.
import { z } from "zod";

export const problemCodes = [
  "invalid_input",
  "payload_too_large",
  "unknown_provider",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "gone",
  "version_mismatch",
  "unsupported_media_type",
  "rate_limited",
  "unavailable",
  "internal",
] as const;
export type ProblemCode = (typeof problemCodes)[number];

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(problemCodes),
  detail: z.string(),
  /** For `invalid_input`: each field, and how to mend it. */
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  /** For `conflict`: who was first, and when. */
  by: z.string().optional(),
  at: z.iso.datetime().optional(),
});
export type Problem = z.infer<typeof Problem>;
