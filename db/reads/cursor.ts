// A page's end as an opaque text: where the next page begins, to the microsecond, then by id.
import { z } from "zod";

const Cursor = z.tuple([z.iso.datetime(), z.guid()]);

/** Where a page ended: the sort time as text with its microseconds, and the id. */
export type Cursor = z.infer<typeof Cursor>;

/** The cursor is not one that a list gave. */
export class BadCursor extends Error {
  override name = "BadCursor";
  override message = "must be the `next` of an earlier page, unchanged";
}

export const toCursor = (cursor: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(cursor)).toString("base64url");

/**
 * @param shape of a list that is not ordered by time and id.
 * @throws BadCursor
 */
export function fromCursor<T = Cursor>(
  text: string,
  shape: z.ZodType<T> = Cursor as unknown as z.ZodType<T>,
): T {
  const parsed = z
    .string()
    .transform((json, context) => {
      try {
        return JSON.parse(json) as unknown;
      } catch {
        context.addIssue("no JSON");
        return z.NEVER;
      }
    })
    .pipe(shape)
    .safeParse(Buffer.from(text, "base64url").toString("utf8"));
  if (!parsed.success) throw new BadCursor();
  return parsed.data;
}
