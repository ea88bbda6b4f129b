// A record's payload as text, for a person who is about to correct it.
import { z } from "zod";

export const ShowPayload = z.strictObject({
  /** Needed of those from whom values are hidden: it is kept with their name. */
  reason: z.string().trim().max(500).optional(),
});
export type ShowPayload = z.infer<typeof ShowPayload>;

export const ShownPayload = z.object({
  /** JSON, every digit of its numbers kept: the newest revision. */
  payload: z.string(),
  /** 0 is the original. */
  revision: z.int(),
  /** JSON Pointers (RFC 6901): what everybody who corrects may change, and what nobody may. */
  edit: z.object({ allowed: z.array(z.string()), locked: z.array(z.string()) }),
});
export type ShownPayload = z.infer<typeof ShownPayload>;
