// A worker is killed without warning while two handlers' effects are under way: one is committed and not yet settled, the
// other is not committed.
import { expect, test } from "vitest";
import { aDatabase } from "#tests/support/database.ts";
import { createdProvider, enqueue, eventually, statusOf, untilStatus } from "#tests/support/engine.ts";
import { run } from "#tests/support/processes.ts";

test("after a SIGKILL between commit and settlement, or before the commit, each effect is there once", {
  timeout: 90_000,
}, async () => {
  await using base = await aDatabase();
  const { sql, url } = base;
  await sql`create sequence runs`;
  await sql`create table effects (record_id uuid not null, what text not null)`;
  const policy = {
    adapter: "handler",
    url: "handler:counted",
    timeoutMs: { connect: 100, headers: 5_000, total: 5_000 },
    keepResponse: true,
  };
  await createdProvider(sql, "committed", policy);
  await createdProvider(sql, "uncommitted", policy);
  const env = { DATABASE_URL: url, LOG_LEVEL: "info", REDRIVE_APPLICATION: "tests/support/handlers.ts" };
  const effectsOf = async (id: string) =>
    (await sql<{ what: string }[]>`select what from effects where record_id = ${id}`).map(({ what }) => what);

  const gates = await sql.reserve();
  await gates`select pg_advisory_lock(1), pg_advisory_lock(2)`;
  await using victim = run("worker.ts", env);
  await victim.says("worker started");
  const committed = await enqueue(sql, "committed", { gate: 1 });
  await untilAtGate(1);
  const uncommitted = await enqueue(sql, "uncommitted", { gate: 2 });
  await untilAtGate(2);

  // The settlement renews the lease, and waits for this.
  const lease = await sql.reserve();
  await lease`begin`;
  await lease`select from redrive.provider_state where provider = 'committed' for update`;
  await gates`select pg_advisory_unlock(1)`;
  await eventually(async () => expect(await effectsOf(committed)).toEqual(["run 1"]));
  await victim.kill("SIGKILL");
  // What it had asked of the server dies with it, or would be carried out now.
  await sql`
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and application_name = 'redrive worker'`;
  await lease`rollback`;
  lease.release();
  await gates`select pg_advisory_unlock(2)`;
  gates.release();
  expect(await statusOf(sql, committed)).toMatchObject({ status: "sending" });

  await using heir = run("worker.ts", env);
  await untilStatus(sql, committed, "delivered", 45_000);
  await untilStatus(sql, uncommitted, "delivered", 45_000);
  expect(await effectsOf(committed)).toEqual(["run 1"]);
  expect(await effectsOf(uncommitted)).toEqual(["run 3"]);
  const [answers] = await sql`
    select array_agg(detail ->> 'response' order by detail ->> 'response') as kept
    from redrive.events where kind = 'delivered' and record_id in (${committed}, ${uncommitted})`;
  expect(answers?.kept).toEqual(['{"nth":1}', '{"nth":3}']);
  await heir.kill("SIGTERM");

  function untilAtGate(gate: number) {
    return eventually(async () => {
      const waiting = await sql`
        select from pg_locks
        join pg_database on pg_database.oid = pg_locks.database and datname = current_database()
        where locktype = 'advisory' and objid = ${gate} and not granted`;
      expect(waiting).toHaveLength(1);
    });
  }
});
