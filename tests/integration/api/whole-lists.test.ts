// Every list of the API is paged the same way, those that are short enough to be whole too.
import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getKeys } from "#app/api/v1/keys/route.ts";
import { GET as getProviders } from "#app/api/v1/providers/route.ts";
import { operations } from "#lib/contract/operations/index.ts";
import { type Api, anApi, call } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

const names = ["ant", "bee", "cat", "dog", "eel"];
let api: Api;
beforeAll(async () => {
  api = await anApi();
  for (const name of names) await aProvider(api.sql, name);
});
afterAll(() => api[Symbol.asyncDispose]());

const get = (query: string) => call(getProviders, { as: api.admin, path: `/api/v1/providers?${query}` });
const slugs = ({ body }: Awaited<ReturnType<typeof get>>) => body.items.map(({ slug }) => slug);

test("a list takes limit and after, each of them", () => {
  const lists = operations.filter(
    ({ method, output }) =>
      method === "GET" && output !== undefined && "items" in shapeOf(output) && "next" in shapeOf(output),
  );
  const without = lists.filter(
    ({ query }) => !("limit" in (query?.shape ?? {}) && "after" in (query?.shape ?? {})),
  );
  expect(lists.length).toBeGreaterThan(15);
  // A chart's: bounded by its range.
  expect(without.map(({ id }) => id)).toEqual(["listBatchChanges"]);
});

test("a short list is whole unless a limit is given, and paged leaves none out and repeats none", async () => {
  const all = await get("");
  expect(slugs(all)).toEqual(expect.arrayContaining(names));
  expect(all.body.next).toBeNull();
  for (const limit of [1, 2, names.length, 200]) {
    const found: string[] = [];
    let after: string | null = "";
    while (after !== null) {
      const page = await get(`limit=${limit}${after && `&after=${after}`}`);
      expect(page.status).toBe(200);
      expect(page.body.items.length).toBeLessThanOrEqual(limit);
      found.push(...slugs(page));
      after = page.body.next;
    }
    expect(found).toEqual(slugs(all));
  }
});

test("an item that was taken out meanwhile takes none of those behind it along", async () => {
  const first = await get("limit=3");
  const last = slugs(first).at(-1) ?? "";
  await api.sql`delete from redrive.providers where slug = ${last}`;
  const second = await get(`limit=200&after=${first.body.next}`);
  expect([...slugs(first), ...slugs(second)]).toEqual(expect.arrayContaining(names));
});

test.each([
  ["limit=0", "limit"],
  ["limit=201", "limit"],
  ["limit=many", "limit"],
  ["after=nonsense", "after"],
  ["page=2", "page"],
])("%s is refused, naming it", async (query, field) => {
  for (const { status, body } of [
    await get(query),
    await call(getKeys, { as: api.admin, path: `/api/v1/keys?${query}` }),
  ]) {
    expect(status).toBe(422);
    expect(body.errors.map((error) => error.field)).toEqual([field]);
  }
});

function shapeOf(output: object): object {
  return "shape" in output && typeof output.shape === "object" && output.shape !== null ? output.shape : {};
}
