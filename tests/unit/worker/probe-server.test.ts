import { afterEach, beforeEach, expect, test } from "vitest";
import { BadEnvironment } from "#lib/node/env.ts";
import { type ProbeServer, startProbeServer } from "#worker/upkeep/probe-server.ts";
import type { Vitality } from "#worker/upkeep/watchdog.ts";

const vital: Vitality = {
  verdict: { verdict: "well" },
  heartbeatAgeMs: 2_000,
  database: { reachable: true, answeredAgoMs: 2_000 },
  drains: [],
};

let now: Vitality | null;
let server: ProbeServer;
beforeEach(async () => {
  now = vital;
  server = await startProbeServer(0, () => now);
});
afterEach(() => server.stop());

const probe = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return { status: response.status, body: response.status === 404 ? null : await response.json() };
};

test("a worker that is of use is alive, and one that dies is not, and says why", async () => {
  expect(await probe("/healthz")).toMatchObject({
    status: 200,
    body: { status: "ok", pid: process.pid, version: expect.any(String), eventLoopLagMs: expect.any(Number) },
  });
  now = { ...vital, verdict: { verdict: "die", why: "no heartbeat was written for 30 s" } };
  const { status, body } = await probe("/healthz?from=here");
  expect(status).toBe(503);
  expect(body.checks[0]).toEqual({
    name: "vitality",
    ok: false,
    says: "It ends: no heartbeat was written for 30 s.",
  });
});

test("a worker that starts is alive, and not yet ready", async () => {
  now = null;
  expect((await probe("/healthz")).status).toBe(200);
  expect(await probe("/readyz")).toMatchObject({ status: 503, body: { reasons: ["It is starting."] } });
});

test("it is ready while the database answers and its heartbeat is written, and names whom it delivers for", async () => {
  now = { ...vital, drains: [{ provider: "ats", progressAtMs: 0, hasWork: true }] };
  const { status, body } = await probe("/readyz");
  expect(status).toBe(200);
  expect(body).toEqual({
    status: "ready",
    reasons: [],
    checks: [
      { name: "database", ok: true, says: "The database answered 2 s ago." },
      { name: "heartbeat", ok: true, says: "The heartbeat was written 2 s ago." },
      { name: "drains", ok: true, says: "It delivers for ats." },
    ],
  });
});

test("it is not ready while the database is away, though it may well live", async () => {
  now = { ...vital, heartbeatAgeMs: 31_000, database: { reachable: false, answeredAgoMs: 31_000 } };
  expect(await probe("/readyz")).toMatchObject({
    status: 503,
    body: {
      reasons: [
        "The database answered 31 s ago, and can't be reached now.",
        "The heartbeat was written 31 s ago.",
      ],
    },
  });
  expect((await probe("/healthz")).status).toBe(200);
});

test("nothing else is served, and a taken port is told", async () => {
  expect((await probe("/metrics")).status).toBe(404);
  await expect(startProbeServer(server.port, () => vital)).rejects.toThrow(BadEnvironment);
  await expect(startProbeServer(server.port, () => vital)).rejects.toThrow("REDRIVE_WORKER_PORT");
});
