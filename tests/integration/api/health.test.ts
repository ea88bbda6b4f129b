import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getOverview } from "#app/api/v1/overview/route.ts";
import { PATCH as patchSimulator } from "#app/api/v1/simulator/[slug]/route.ts";
import { GET as getSimulator } from "#app/api/v1/simulator/route.ts";
import { GET as healthz } from "#app/healthz/route.ts";
import { GET as readyz } from "#app/readyz/route.ts";
import { closeDeps } from "#lib/server/deps.ts";
import { liveness } from "#lib/server/liveness.ts";
import { aNewProvider, countsOf } from "#simulator/provider.ts";
import { type Api, anApi, bootstrapKey, call } from "#tests/integration/api/app.ts";

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api[Symbol.asyncDispose]());

/** The same process with another environment. */
async function withEnv<T>(env: Record<string, string>, act: () => Promise<T>): Promise<T> {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name] ?? ""]));
  await closeDeps();
  Object.assign(process.env, env);
  try {
    return await act();
  } finally {
    await closeDeps();
    Object.assign(process.env, before);
  }
}

const ready = async () => {
  const response = await readyz();
  return { status: response.status, body: await response.json() };
};

test("the process lives as long as it answers, and says how well its event loop keeps up", async () => {
  const response = healthz();
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({
    status: "ok",
    pid: process.pid,
    uptimeSeconds: expect.any(Number),
    eventLoopLagMs: expect.any(Number),
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    checks: [{ name: "event loop", ok: true, says: expect.stringMatching(/ms late\.$/) }],
  });
});

test("a process whose event loop does not keep up is not well", () => {
  expect(liveness(999).status).toBe("ok");
  expect(liveness(1_000)).toMatchObject({
    status: "ill",
    eventLoopLagMs: 1_000,
    checks: [{ name: "event loop", ok: false, says: expect.stringContaining("too much") }],
  });
});

test("readiness needs a worker that spoke within half a minute", async () => {
  expect(await ready()).toMatchObject({
    status: 503,
    body: { status: "not ready", reasons: [expect.stringContaining("no worker")] },
  });
  await api.sql`insert into redrive.workers (id, host, pid) values ('w', 'h', 1)`;
  const { status, body } = await ready();
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: "ready", reasons: [] });
  expect(body.checks.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok])).toEqual([
    ["database", true],
    ["migrations", true],
    ["job runner", true],
    ["partitions", true],
    ["workers", true],
  ]);
  expect(body.checks.at(-1).says).toMatch(/^One worker lives, heard \d+ m?s ago\.$/);
  await api.sql`insert into redrive.workers (id, host, pid, seen_at) values ('hidden-host', 'h', 2, now() - interval '1 hour')`;
  expect(JSON.stringify((await ready()).body)).not.toContain("hidden-host");
  await api.sql`update redrive.workers set seen_at = now() - interval '31 seconds'`;
  expect((await ready()).status).toBe(503);
});

test("readiness needs this code's migrations, and the job runner's", async () => {
  await api.sql`update redrive.migrations set created_at = created_at - 1`;
  expect(await ready()).toMatchObject({
    status: 503,
    body: { reasons: [expect.stringContaining("npm run migrate")] },
  });
  await api.sql`update redrive.migrations set created_at = created_at + 2`;
  expect(await ready()).toMatchObject({ status: 503, body: { reasons: [expect.stringContaining("newer")] } });
  await api.sql`update redrive.migrations set created_at = created_at - 1`;

  await api.sql`update redrive.workers set seen_at = now()`;
  await api.sql`update graphile_worker.migrations set id = id - 1000`;
  expect(await ready()).toMatchObject({
    status: 503,
    body: { reasons: ["The job runner's tables are not migrated: run npm run migrate first."] },
  });
  await api.sql`update graphile_worker.migrations set id = id + 1000`;
  expect((await ready()).status).toBe(200);
});

test("a partition that is missing is told, and takes no dashboard away, for its records wait elsewhere", async () => {
  const [today] = await api.sql<{ part: string }[]>`
    select 'events_' || to_char((now() at time zone 'UTC')::date, 'YYYYMMDD') as part`;
  await api.sql.unsafe(`alter table redrive.${today?.part} rename to gone`);
  const { status, body } = await ready();
  await api.sql.unsafe(`alter table redrive.gone rename to ${today?.part}`);
  expect(status).toBe(200);
  expect(body.checks.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([
    { name: "partitions", ok: false, says: expect.stringContaining(`${today?.part}`) },
  ]);
});

test("without its database nothing is ready, and the API says so without a word about the inside", async () => {
  const DATABASE_URL = "postgres://redrive:hidden-password@127.0.0.1:1/redrive";
  await withEnv({ DATABASE_URL }, async () => {
    const unready = await ready();
    expect(unready).toEqual({
      status: 503,
      body: {
        status: "not ready",
        reasons: [
          "The database does not answer, for nothing listens at the host and port of DATABASE_URL: start the database, or correct DATABASE_URL.",
        ],
        checks: [{ name: "database", ok: false, says: expect.stringContaining("nothing listens") }],
      },
    });
    expect(healthz().status).toBe(200);
    const { status, body, text, headers } = await call(getOverview, { as: { key: bootstrapKey } });
    expect(status).toBe(503);
    expect(body.code).toBe("unavailable");
    expect(headers.get("retry-after")).toBe("5");
    expect(text).not.toMatch(/select|hidden-password|127\.0\.0\.1|at \w+ \(/);
  });
});

test("readiness tells a database that refuses from one that says nothing, and never what the driver said", async () => {
  const wrong = new URL(process.env.DATABASE_URL ?? "");
  wrong.password = "hidden-password";
  await withEnv({ DATABASE_URL: wrong.href }, async () => {
    const { status, body } = await ready();
    expect(status).toBe(503);
    expect(body.reasons).toEqual([
      "The database refuses the user or password of DATABASE_URL: correct them in DATABASE_URL.",
    ]);
    expect(JSON.stringify(body)).not.toContain("hidden-password");
  });
  await api.sql`alter table redrive.workers rename to workers_gone`;
  const { body } = await ready();
  await api.sql`alter table redrive.workers_gone rename to workers`;
  expect(body.reasons).toEqual(["The database could not be asked: see this process's log."]);
  expect(JSON.stringify(body)).not.toContain("workers_gone");
});

test("a failure of ours is answered without SQL, stack or values", async () => {
  await api.sql`alter table redrive.workers rename to workers_gone`;
  const { status, body, text } = await call(getOverview, { as: { key: bootstrapKey } });
  await api.sql`alter table redrive.workers_gone rename to workers`;
  expect(status).toBe(500);
  expect(body.code).toBe("internal");
  expect(text).not.toMatch(/workers|select|\.ts/);
});

test("without a simulator there is none, and not everyone would see it", async () => {
  expect(await call(getSimulator, { as: api.admin })).toMatchObject({
    status: 404,
    body: { code: "not_found" },
  });
  const data = await api.person("support_data");
  expect((await call(getSimulator, { as: data })).status).toBe(403);
});

const nobody = { type: "x", title: "x", status: 404, code: "not_found", detail: "no such provider" };
const simulated: Record<string, [number, object]> = {
  "/api/providers": [200, { demo: true, story: null, items: [] }],
  "/api/providers/ats": [200, countsOf(aNewProvider("ats", 1, 10))],
  "/api/providers/other": [200, { slug: "other", words: "of another version" }],
  "/api/providers/nobody": [404, nobody],
};

test("the simulator is asked, turned and refused through the API", async () => {
  const asked: string[] = [];
  const read = async (request: IncomingMessage) => (await request.toArray()).join("");
  const simulator = createServer(async (request, response) => {
    const body = await read(request);
    asked.push(`${request.method} ${request.url} ${body}`);
    const [status, answer] = simulated[request.url ?? ""] ?? [];
    response.writeHead(status ?? 500, { "content-type": "application/json" });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => simulator.listen(0, "127.0.0.1", done));
  const { port } = simulator.address() as AddressInfo;
  await withEnv({ REDRIVE_SIMULATOR_URL: `http://127.0.0.1:${port}` }, async () => {
    const state = await call(getSimulator, { as: api.admin });
    expect(state).toMatchObject({ status: 200, body: { demo: true, story: null, items: [] } });
    const turn = (slug: string, body: unknown) =>
      call(patchSimulator, { as: api.admin, method: "PATCH", params: { slug }, body });
    expect((await turn("ats", { outage: "503" })).status).toBe(200);
    expect(await turn("nobody", {})).toMatchObject({ status: 404, body: { detail: "no such provider" } });
    expect((await turn("ats", { outage: "flood" })).status).toBe(422);
    expect(await turn("other", {})).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(asked).toEqual([
      "GET /api/providers ",
      'PATCH /api/providers/ats {"outage":"503"}',
      "PATCH /api/providers/nobody {}",
      "PATCH /api/providers/other {}",
    ]);
    await new Promise((done) => simulator.close(done));
    expect(await call(getSimulator, { as: api.admin })).toMatchObject({
      status: 503,
      body: { code: "unavailable" },
    });
  });
});
