// The database is stopped the hard way in the midst of deliveries, and comes back seconds later.
import { expect, test } from "vitest";
import { connectSql } from "#db/client.ts";
import { aProvider } from "#tests/support/database.ts";
import { enqueueMany, eventually, standing } from "#tests/support/engine.ts";
import { aServerOfItsOwn } from "#tests/support/own-server.ts";
import { run } from "#tests/support/processes.ts";
import { aProviderServer, ok } from "#tests/support/provider-server.ts";

test("a worker lives through a restart of its database: the same process delivers every record", {
  timeout: 180_000,
}, async () => {
  await using server = await aServerOfItsOwn();
  const { url } = server;
  const sql = connectSql(url, { name: "test" });

  await using provider = await aProviderServer((received, response) => {
    setTimeout(() => ok(received, response), 20);
  });
  const timeoutMs = { connect: 1_000, headers: 2_000, total: 2_000 };
  await aProvider(sql, "ats", { url: provider.url, batchSizeMax: 20, timeoutMs });
  await enqueueMany(sql, "ats", 3_000);
  await using worker = run("worker.ts", {
    DATABASE_URL: url,
    REDRIVE_ALLOW_PRIVATE_NETWORKS: "1",
    LOG_LEVEL: "info",
  });
  await eventually(() => expect(provider.received.length, worker.output()).toBeGreaterThan(500), 60_000);

  await server.kill();
  // It is away until the worker has noticed, and has found it away again a second later.
  const said = () => worker.output().split("heartbeat failed").length;
  const before = said();
  await eventually(() => expect(said()).toBeGreaterThan(before), 30_000);
  const failed = worker.output().length;
  await server.start();

  await eventually(async () => {
    expect(worker.child.exitCode, worker.output().slice(failed)).toBeNull();
    expect((await standing(sql, "ats")).queued).toBe(0);
  }, 90_000);
  expect(await standing(sql, "ats")).toEqual({
    accepted: 3_000,
    queued: 0,
    failed: 0,
    rejected: 0,
    delivered: 3_000,
  });
  const keys = new Map<string, number>();
  for (const { headers } of provider.received) {
    const key = String(headers["idempotency-key"]);
    keys.set(key, (keys.get(key) ?? 0) + 1);
  }
  expect(keys.size).toBe(3_000);
  // The worker lived, so it knows what it had sent: nothing need be sent twice.
  expect([...keys.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(20);

  // What wakes it works again as well: a record that comes now is delivered by the same process.
  await enqueueMany(sql, "ats", 1);
  await eventually(async () => expect((await standing(sql, "ats")).delivered).toBe(3_001));
  const [alive] = await sql`select pid from redrive.workers`;
  expect(alive?.pid).toBe(worker.pid);
  expect(await worker.kill("SIGTERM")).toBe(0);
  await sql.end();
});
