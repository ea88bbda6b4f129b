// The rate that a provider sees, second by second.
import { afterAll, beforeAll, expect, test } from "vitest";
import { mostWithin } from "#tests/scenarios/scene.ts";
import { aProvider } from "#tests/support/database.ts";
import {
  aServedEngine,
  enqueueMany,
  eventually,
  type ServedEngine,
  standing,
} from "#tests/support/engine.ts";
import { ok } from "#tests/support/provider-server.ts";

let base: ServedEngine;
/** When each request came, by provider: its path. */
const arrivals = new Map<string, number[]>();
const arrivedAt = (provider: string): number[] => arrivals.get(`/${provider}`) ?? [];

beforeAll(async () => {
  base = await aServedEngine({
    answer: (received, response) => {
      arrivals.set(received.url, [...(arrivals.get(received.url) ?? []), Date.now()]);
      ok(received, response);
    },
  });
});
afterAll(() => base[Symbol.asyncDispose]());

test.each([
  [20, 80],
  [200, 1_200],
])("no second sees more than its %i, over a change of owner as well", async (perSecond, count) => {
  const { sql, server } = base;
  const slug = `paced${perSecond}`;
  const limits = { perSecond, perMinute: null, perDay: null, perRun: null, runEveryMs: 60_000 };
  await aProvider(sql, slug, { url: `${server.url}/${slug}`, limits, batchSizeMax: 10 });
  await enqueueMany(sql, slug, count);
  await eventually(() => expect(arrivedAt(slug).length).toBeGreaterThan(count / 5));
  await base.restart();
  await eventually(async () => expect((await standing(sql, slug)).delivered).toBe(count));
  const times = arrivedAt(slug);
  // Between two starts and two arrivals lie some ms of this machine.
  expect(mostWithin(times, 950)).toBeLessThanOrEqual(perSecond);
  // A bucket of one loses what the timer is late; a larger one makes up for it.
  const lastHalf = times.slice(-count / 2);
  const perSecondSeen = (1_000 * lastHalf.length) / ((lastHalf.at(-1) ?? 0) - (lastHalf[0] ?? 0));
  expect(perSecondSeen / perSecond).toBeGreaterThan(perSecond > 40 ? 0.7 : 0.5);
});
