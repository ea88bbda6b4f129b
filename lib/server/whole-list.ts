// A page of a list that is in memory as a whole.
import { z } from "zod";
import { fromCursor, toCursor } from "#db/reads/cursor.ts";
import type { WholeListQuery } from "#lib/contract/whole-list.ts";

/** Where a page ended: how many items came before, and the last one's name. */
const Place = z.tuple([z.int().min(0), z.string()]);

/**
 * @param nameOf what tells an item from all others.
 * @throws BadCursor when `after` is not the `next` of an earlier page.
 */
export function pageOf<Item>(
  items: readonly Item[],
  { after, limit = Number.POSITIVE_INFINITY }: WholeListQuery,
  nameOf: (item: Item) => string,
): { items: Item[]; next: string | null } {
  const start = after === undefined ? 0 : startAfter(items, fromCursor(after, Place), nameOf);
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  const end = start + page.length;
  const isAll = last === undefined || end === items.length;
  return { items: page, next: isAll ? null : toCursor([end, nameOf(last)]) };
}

/** Where the last item was taken out meanwhile, its follower stands in its place. */
function startAfter<Item>(
  items: readonly Item[],
  [passed, last]: z.infer<typeof Place>,
  nameOf: (item: Item) => string,
): number {
  const found = items.findIndex((item) => nameOf(item) === last);
  return found === -1 ? Math.max(0, passed - 1) : found + 1;
}
