// What a GET asks for and is answered: the record that its path names, the same each time.
import { seedFor } from "#simulator/random.ts";

/** What a GET says in place of a payload: the last step of its path as `id`, and its query. */
export function askedOf(path: string): Record<string, string> {
  const { pathname, searchParams } = new URL(path, "http://simulator");
  return { ...Object.fromEntries(searchParams), id: decoded(pathname.split("/").at(-1) ?? "") };
}

/** The provider's record of that name, as JSON. */
export function recordOf(slug: string, path: string): string {
  const asked = askedOf(path);
  return JSON.stringify({ ...asked, value: seedFor(`${slug} ${asked.id}`, 0) % 100_000 });
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
