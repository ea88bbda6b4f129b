// B2 and B3: a worker that is half dead dies, and a fresh one takes its place; one that can't work does not start.
import { expect, test } from "vitest";
import { freePort } from "#bin/free-port.ts";
import { aDatabase, aProvider } from "#tests/support/database.ts";
import { enqueue, eventually, statusOf } from "#tests/support/engine.ts";
import { run } from "#tests/support/processes.ts";
import { aProviderServer } from "#tests/support/provider-server.ts";

test("B2: a worker whose heartbeat can't be written ends, and the one that its supervisor starts goes on", async () => {
  await using base = await aDatabase();
  await using server = await aProviderServer();
  const { sql, url } = base;
  await aProvider(sql, "sms", { url: server.url });
  const env = { DATABASE_URL: url, REDRIVE_ALLOW_PRIVATE_NETWORKS: "1", LOG_LEVEL: "info" };
  await using ill = run("../tests/support/watched.ts", env);
  await ill.says("heartbeat written");
  await sql.begin(async (transaction) => {
    await transaction`lock table redrive.workers in access exclusive mode`;
    // A code of its own, by which a supervisor knows that a fresh one is wanted.
    expect(await ill.ended).toBe(70);
  });
  const id = await enqueue(sql, "sms", { text: "hello" });
  expect((await statusOf(sql, id)).status).toBe("waiting");
  await using fresh = run("worker.ts", env);
  await fresh.says("worker started");
  await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
});

test("B3: a worker without its database, or with one that is not migrated, says so and does not start", async () => {
  await using base = await aDatabase();
  const nowhere = `postgres://me:s3cret@127.0.0.1:${await freePort()}/sms`;
  await using lost = run("worker.ts", { DATABASE_URL: nowhere });
  expect(await lost.ended).toBe(1);
  expect(lost.output().trim()).toMatch(/^The database does not answer, .*correct DATABASE_URL\.$/);
  expect(lost.output()).not.toContain("s3cret");

  await base.sql`delete from redrive.migrations where created_at = (select max(created_at) from redrive.migrations)`;
  await using early = run("worker.ts", { DATABASE_URL: base.url });
  expect(await early.ended).toBe(1);
  expect(early.output().trim()).toBe("The database is not migrated: run npm run migrate first.");
});
