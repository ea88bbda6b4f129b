// Requests of an owner that died may still run when the next one comes, and the one after that: until their deadline
// they take up places, though no journal names them any more.
import { afterAll, beforeAll, expect, test } from "vitest";
import { newControl } from "#lib/core/control.ts";
import { aProvider } from "#tests/support/database.ts";
import {
  aServedEngine,
  enqueue,
  enqueueMany,
  eventually,
  type ServedEngine,
  standing,
  stateOf,
  untilStatus,
} from "#tests/support/engine.ts";
import { ok } from "#tests/support/provider-server.ts";

let base: ServedEngine;
beforeAll(async () => {
  base = await aServedEngine();
});
afterAll(() => base[Symbol.asyncDispose]());

/** When each request came, by path, ms since 1970. */
const arrivals = new Map<string, number[]>();
const arrivedAt = (path: string): number[] => arrivals.get(path) ?? [];
const noteArrival = (path: string) => arrivals.set(path, [...arrivedAt(path), Date.now()]);

/**
 * A provider that was let go cleanly while requests of an owner before may still run.
 *
 * @returns until when, ms since 1970.
 */
async function aHaunted(slug: string, { phantoms, batchSize }: { phantoms: number; batchSize: number }) {
  const { sql, server } = base;
  await aProvider(sql, slug, { url: `${server.url}/${slug}` });
  const fresh = newControl(Date.now());
  const control = { ...fresh, batch: { ...fresh.batch, size: batchSize } };
  const [state] = await sql<{ untilMs: number }[]>`
    update redrive.provider_state
    set
      phantoms = ${phantoms},
      phantoms_until = clock_timestamp() + interval '2 seconds',
      control = ${sql.json(control as never)},
      batch_size = ${batchSize}
    where provider = ${slug} and owner is null and in_flight = '{}'
    returning extract(epoch from phantoms_until)::float8 * 1000 as until_ms`;
  if (!state) throw new Error("it is not at rest");
  return Math.floor(state.untilMs);
}

test("where requests of a dead owner may take up all places, none starts before their deadline, whoever comes", async () => {
  const { sql, server } = base;
  server.answer((received, response) => {
    noteArrival(received.url);
    ok(received, response);
  });
  const untilMs = await aHaunted("full", { phantoms: 1_000, batchSize: 4 });
  const id = await enqueue(sql, "full");
  await untilStatus(sql, id, "delivered");
  expect(arrivedAt("/full")[0]).toBeGreaterThanOrEqual(untilMs);
  // The first to come found no place and let go; it was the next that delivered.
  expect((await stateOf(sql, "full")).epoch).toBeGreaterThan(1);

  await enqueueMany(sql, "full", 20);
  await eventually(async () =>
    expect(await standing(sql, "full")).toMatchObject({ accepted: 21, queued: 0, delivered: 21 }),
  );
  expect(arrivedAt("/full")).toHaveLength(21);
});

test("where they may take up some of the places, only the others are used until their deadline", async () => {
  const { sql, server } = base;
  const answers: (() => void)[] = [];
  server.answer((received, response) => {
    noteArrival(received.url);
    answers.push(() => ok(received, response));
  });
  const untilMs = await aHaunted("shared", { phantoms: 3, batchSize: 4 });
  await enqueueMany(sql, "shared", 10);
  await eventually(() => expect(arrivedAt("/shared")).toHaveLength(4));
  const [first, ...others] = arrivedAt("/shared");
  expect(first).toBeLessThan(untilMs);
  for (const atMs of others) expect(atMs).toBeGreaterThanOrEqual(untilMs);

  server.answer(ok);
  for (const answer of answers) answer();
  await eventually(async () =>
    expect(await standing(sql, "shared")).toMatchObject({ accepted: 10, queued: 0, delivered: 10 }),
  );
});
