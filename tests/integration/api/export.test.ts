import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { GET as exportFailures } from "#app/api/v1/failures.csv/route.ts";
import { GET as exportRecords } from "#app/api/v1/records.csv/route.ts";
import type { Cell } from "#lib/core/csv.ts";
import { createLog } from "#lib/node/log.ts";
import { csvResponse } from "#lib/server/csv-stream.ts";
import { type Api, anApi, aRecord, call, origin } from "#tests/integration/api/app.ts";
import { aProvider } from "#tests/support/database.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
  await aProvider(api.sql, "ats");
  await aProvider(api.sql, "crm");
});
afterAll(() => api[Symbol.asyncDispose]());

const get = (handler: typeof exportRecords, query = "") =>
  call(handler, { as: api.admin, path: `/api/v1/list?${query}` });
const linesOf = (text: string) => text.split("\r\n").slice(0, -1);
const idsOf = (text: string) =>
  linesOf(text)
    .slice(1)
    .map((line) => line.slice(0, 36));

test("an export holds every record that the filter finds, once, over any number of pages", async () => {
  await api.sql`select redrive.enqueue('crm', '{}', subject => 'n ' || n) from generate_series(1, 1203) as n`;
  await aRecord.delivered(api, "ats");
  const { status, text, headers } = await get(exportRecords, "provider=crm");
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(headers.get("content-disposition")).toMatch(/^attachment; filename="records-\d{4}-\d\d-\d\d\.csv"$/);
  const ids = idsOf(text);
  expect(ids).toHaveLength(1203);
  expect(new Set(ids).size).toBe(1203);
  expect(ids).toEqual(ids.toSorted().reverse());
  expect(linesOf(text)[0]).toBe(
    "id,provider,status,attempts,type,subject,owner,correlationId,createdAt,settledAt,dueAt,lastError",
  );
  const [delivered] = linesOf((await get(exportRecords, "status=delivered")).text).slice(1);
  expect(delivered).toContain(",ats,delivered,1,");
});

test("failures are exported by the list's filters, with what others wrote kept from being a formula", async () => {
  const one = await aRecord.failed(api, {
    subject: '=HYPERLINK("http://evil.example")',
    message: 'no, "sir"',
  });
  const other = await aRecord.failed(api, { provider: "crm", subject: "Zoë" });
  const { text } = await get(exportFailures, "provider=ats");
  expect(idsOf(text)).toEqual([one]);
  expect(text).toContain(`,"'=HYPERLINK(""http://evil.example"")",`);
  expect(text).toContain(',"no, ""sir""",');
  expect(idsOf((await get(exportFailures, "q=Zo%C3%AB")).text)).toEqual([other]);
  expect(idsOf((await get(exportFailures, "state=rejected")).text)).toEqual([]);
});

test("a byte order mark is there for who asks for it", async () => {
  const first = async (query: string) => {
    const request = new Request(`${origin}/api/v1/failures.csv?${query}`, { headers: api.admin.headers });
    const response = await exportFailures(request, { params: Promise.resolve({}) });
    return [...new Uint8Array(await response.arrayBuffer())].slice(0, 3);
  };
  expect(await first("bom=1")).toEqual([0xef, 0xbb, 0xbf]);
  expect(await first("")).toEqual([..."id,"].map((one) => one.charCodeAt(0)));
});

test("a wrong filter is a problem, not a file", async () => {
  for (const query of ["limit=5", "status=asleep", "after=x", "provider=a&provider=b"]) {
    expect(await get(exportRecords, query)).toMatchObject({ status: 422, body: { code: "invalid_input" } });
  }
  expect((await call(exportRecords)).status).toBe(401);
});

/** A list of 100 pages, and how many of them were read. */
function aList(failing = Number.POSITIVE_INFINITY) {
  const read = vi.fn(async (after: string | undefined) => {
    const page = Number(after ?? 0);
    if (page >= failing) throw new Error("the database is gone");
    return { items: [{ id: page as Cell }], next: page < 99 ? String(page + 1) : null };
  });
  return { read, list: { name: "numbers", columns: ["id"] as const, read, bom: false } };
}

const log = createLog("web", "silent");
const request = (signal?: AbortSignal) => new Request(`${origin}/x`, { signal });

test("a page is read when the one before was taken, and none for a reader who has left", async () => {
  const { read, list } = aList();
  const response = await csvResponse(list, { request: request(), log });
  expect(read).toHaveBeenCalledTimes(1);
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.read();
  expect(read).toHaveBeenCalledTimes(2);
  await reader?.cancel();
  expect(read).toHaveBeenCalledTimes(2);
});

test("a request that is aborted reads no further", async () => {
  const { read, list } = aList();
  const leaving = new AbortController();
  const response = await csvResponse(list, { request: request(leaving.signal), log });
  const reader = response.body?.getReader();
  await reader?.read();
  leaving.abort();
  await expect(reader?.read()).rejects.toThrow();
  expect(read).toHaveBeenCalledTimes(1);
});

test("an export that breaks off in the middle is no whole file", async () => {
  const { list } = aList(3);
  const response = await csvResponse(list, { request: request(), log });
  await expect(response.text()).rejects.toThrow("gone");
});

test("an empty list is a line of names", async () => {
  const { text } = await get(exportFailures, "q=nothing-is-called-so");
  expect(linesOf(text)).toHaveLength(1);
});
