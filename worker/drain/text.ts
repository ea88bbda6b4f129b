// Text as Postgres can keep it.

/** How much of a provider's answer the timeline keeps, characters. */
const keptBody = 2_000;

/** Text that Postgres can keep: cut between characters, not inside one, and without NUL. */
export const clean = (text: string, most = keptBody): string =>
  text.slice(0, most).toWellFormed().replaceAll("\0", "");

export const cutDeep = (value: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(value, (_, member) => (typeof member === "string" ? clean(member) : member)));
