// Records of one ordering key go one after another, in the order of their ids, whatever fails, whoever meddles and whichever
// worker dies: as the provider sees it.
import { expect, test } from "vitest";
import type { Sql } from "#db/client.ts";
import { rejectRecord } from "#db/writes/reject-record.ts";
import { retryRecord } from "#db/writes/retry-record.ts";
import { skipRecord } from "#db/writes/skip-record.ts";
import { aDatabase, aProvider } from "#tests/support/database.ts";
import { ana, aWorker, eventually, standing } from "#tests/support/engine.ts";
import { run } from "#tests/support/processes.ts";
import { aProviderServer, ok, type Received, says } from "#tests/support/provider-server.ts";
import { seeded } from "#tests/unit/core/model/simulate.ts";

const keys = 6;
const each = 30;

/** What the provider saw of each key. */
type Seen = { inFlight: number; most: number; taken: string[]; requests: number };

/** A moody third party: takes most records, and fails in every way there is. */
function moods(seed: number) {
  const random = seeded(seed);
  const seen = new Map<string, Seen>();
  const of = (key: string): Seen => {
    const found = seen.get(key) ?? { inFlight: 0, most: 0, taken: [], requests: 0 };
    seen.set(key, found);
    return found;
  };
  const answer = ({ body, headers }: Received, response: Parameters<typeof ok>[1]) => {
    const key = of(JSON.parse(body).key);
    const id = String(headers["idempotency-key"]);
    key.requests += 1;
    key.inFlight += 1;
    key.most = Math.max(key.most, key.inFlight);
    response.on("close", () => {
      key.inFlight -= 1;
    });
    const luck = random();
    const take = () => {
      if (!key.taken.includes(id)) key.taken.push(id);
    };
    // Of twenty one is never answered, and one is taken though nobody hears of it.
    if (luck < 0.05) return;
    setTimeout(
      () => {
        if (luck < 0.15) says(500)({} as Received, response);
        else if (luck < 0.2) response.socket?.resetAndDestroy();
        else if (luck < 0.25) {
          take();
          response.socket?.resetAndDestroy();
        } else if (luck < 0.35) says(422, { message: "wrong" })({} as Received, response);
        else {
          take();
          ok({} as Received, response);
        }
      },
      1 + 15 * random(),
    );
  };
  return { seen, answer, random };
}

/** People who retry, reject and skip what has failed, until told to stop. */
function people(sql: Sql, provider: string, random: () => number) {
  let going = true;
  const done = { retried: 0, rejected: 0, skipped: 0 };
  const act = async (id: string) => {
    const luck = random();
    if (luck < 0.5) {
      await retryRecord(sql, { id, at: new Date().toISOString() }, ana);
      done.retried += 1;
    } else if (luck < 0.75) {
      await rejectRecord(sql, { id, reason: "obsolete", code: "obsolete" }, ana);
      done.rejected += 1;
    } else {
      await skipRecord(sql, { id, reason: "later" }, ana);
      done.skipped += 1;
    }
  };
  const ended = (async () => {
    while (going) {
      const open = await sql<{ id: string }[]>`
        select record_id as id from redrive.failures
        where provider = ${provider} and state = 'open' and skipped_by is null
        limit 3`;
      // A late success may have closed it meanwhile.
      for (const { id } of open) await act(id).catch(() => {});
      await new Promise((next) => setTimeout(next, 20));
    }
  })();
  return {
    done,
    async stop() {
      going = false;
      await ended;
    },
  };
}

const settled = (sql: Sql, provider: string) =>
  eventually(async () => {
    const [left] = await sql<{ queued: number; open: number }[]>`
      select
        (select count(*)::int from redrive.queue where provider = ${provider}) as queued,
        (select count(*)::int from redrive.failures
          where provider = ${provider} and state = 'open' and skipped_by is null) as open`;
    expect(left).toEqual({ queued: 0, open: 0 });
  }, 120_000);

// Most of the time of one is waiting for the heir; each has workers and a database of its own.
test.concurrent.each([1, 2])(
  "each key's records are first taken in their order, and one at a time, though a worker is killed (%i)",
  { timeout: 180_000 },
  async (seed) => {
    await using base = await aDatabase();
    const { sql, url } = base;
    const slug = `ordered-${seed}`;
    const mood = moods(seed);
    await using server = await aProviderServer(mood.answer);
    await aProvider(sql, slug, {
      url: server.url,
      batchSizeMax: 8,
      autoRedrive: false,
      backoff: { baseMs: 50, factor: 1.5, jitter: 0.5, attemptsMax: 3 },
      breaker: { probeEveryMs: 100, goodTrials: 1 },
      timeoutMs: { connect: 300, headers: 400, total: 400 },
    });
    await sql`
      insert into redrive.outbox (provider, payload, ordering_key)
      select ${slug}, jsonb_build_object('key', 'key-' || n % ${keys}::int, 'n', n), 'key-' || n % ${keys}::int
      from generate_series(1, ${keys * each}::int) as n`;
    const desk = people(sql, slug, mood.random);
    const taken = () => [...mood.seen.values()].reduce((sum, key) => sum + key.taken.length, 0);

    await using victim = run("worker.ts", { DATABASE_URL: url, REDRIVE_ALLOW_PRIVATE_NETWORKS: "1" });
    await eventually(() => expect(taken(), victim.output()).toBeGreaterThan(20), 60_000);
    const heir = await aWorker(url);
    await victim.kill("SIGKILL");
    // Its lease would end by itself; what it had on its way has its deadline all the same.
    await sql`update redrive.provider_state set lease_until = now() where provider = ${slug} and owner is not null and owner <> ${heir.id}`;
    await settled(sql, slug);
    await desk.stop();
    await heir.stop();

    for (const [key, { taken, most }] of mood.seen) {
      expect([key, most]).toEqual([key, 1]);
      expect([key, taken]).toEqual([key, [...taken].sort()]);
    }
    expect(mood.seen.size).toBe(keys);
    // People had something to do, in every way.
    expect(Math.min(...Object.values(desk.done))).toBeGreaterThan(0);
    const { accepted, delivered, rejected, failed } = await standing(sql, slug);
    expect({ accepted, ended: delivered + rejected + failed }).toEqual({
      accepted: keys * each,
      ended: keys * each,
    });
  },
);

test("keys don't wait for each other: the others go on while one is held up", async () => {
  await using base = await aDatabase();
  const { sql, url } = base;
  await using server = await aProviderServer((received, response) =>
    (received.body.includes('"stuck"') ? says(422) : ok)(received, response),
  );
  await aProvider(sql, "stuck", { url: server.url, batchSizeMax: 4 });
  await sql`
    insert into redrive.outbox (provider, payload, ordering_key)
    select 'stuck', jsonb_build_object('key', case when n <= 2000 then 'stuck' else 'free-' || n % 5 end),
      case when n <= 2000 then 'stuck' else 'free-' || n % 5 end
    from generate_series(1, 2050) as n`;
  const worker = await aWorker(url);
  // Two thousand of the key that is stuck stand before them in the queue.
  const startedMs = Date.now();
  await eventually(async () =>
    expect(await standing(sql, "stuck")).toMatchObject({ delivered: 50, failed: 1 }),
  );
  expect(Date.now() - startedMs).toBeLessThan(8_000);
  expect(server.received.filter(({ body }) => body.includes('"stuck"')).length).toBe(1);
  await worker.stop();
});
