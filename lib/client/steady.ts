// A list that does not move under the reader's hand. While it is held, rows keep their places: known rows are brought up
// to date where they stand, new ones are counted, gone ones stay. Not held, it follows what the server says, except for
// rows the reader has just acted on.

type Given<Item> = {
  shown: readonly Item[];
  latest: readonly Item[];
  keyOf: (item: Item) => string;
  held: boolean;
  /** Whether a row stays although the server no longer lists it. */
  keeps: (item: Item) => boolean;
};

type Steady<Item> = { items: readonly Item[]; fresh: number };

export function steady<Item>({ shown, latest, keyOf, held, keeps }: Given<Item>): Steady<Item> {
  return held ? inPlace(shown, latest, keyOf) : following(shown, latest, keyOf, keeps);
}

function inPlace<Item>(
  shown: readonly Item[],
  latest: readonly Item[],
  keyOf: (item: Item) => string,
): Steady<Item> {
  const newest = new Map(latest.map((item) => [keyOf(item), item]));
  const known = new Set(shown.map(keyOf));
  const kept = shown.map((item) => newest.get(keyOf(item)) ?? item);
  const end = latest.findLastIndex((item) => known.has(keyOf(item)));
  const unknown = (item: Item) => !known.has(keyOf(item));
  if (end === -1 && shown.length > 0) return { items: kept, fresh: latest.length };
  // Below the last row nothing moves: what "Load more" brought is shown even now.
  return {
    items: [...kept, ...latest.slice(end + 1)],
    fresh: latest.slice(0, Math.max(0, end)).filter(unknown).length,
  };
}

function following<Item>(
  shown: readonly Item[],
  latest: readonly Item[],
  keyOf: (item: Item) => string,
  keeps: (item: Item) => boolean,
): Steady<Item> {
  const listed = new Set(latest.map(keyOf));
  const items = [...latest];
  for (const [index, item] of shown.entries()) {
    if (listed.has(keyOf(item)) || !keeps(item)) continue;
    const before = shown
      .slice(0, index)
      .findLast((other) => items.some((here) => keyOf(here) === keyOf(other)));
    const place = before === undefined ? 0 : items.findIndex((here) => keyOf(here) === keyOf(before)) + 1;
    items.splice(place, 0, item);
  }
  return { items, fresh: 0 };
}
