// The provider's own health check: asked before sending, believed while it is red, and not where deliveries say otherwise.
import { afterAll, beforeAll, expect, test } from "vitest";
import { probeProvider } from "#db/writes/probe-provider.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";
import { aProvider } from "#tests/support/database.ts";
import {
  anEngine,
  type Engine,
  enqueue,
  enqueueMany,
  eventually,
  holdOf,
  patchPolicy,
  standing,
  stateOf,
  statusOf,
} from "#tests/support/engine.ts";
import { aProviderServer, ok, type ProviderServer, says } from "#tests/support/provider-server.ts";

let base: Engine;
beforeAll(async () => {
  base = await anEngine({ workers: 2 });
});
afterAll(() => base[Symbol.asyncDispose]());

type Health = NonNullable<ProviderPolicy["health"]>;
type Answer = Parameters<ProviderServer["answer"]>[0];

/** A third party with a door for records and one for the health check. */
async function aHealthProvider(
  slug: string,
  health: Partial<Health> = {},
  policy: Partial<ProviderPolicy> = {},
) {
  const asked: number[] = [];
  const sent: number[] = [];
  let green: Answer = ok;
  let delivered: Answer = ok;
  const server = await aProviderServer((received, response) => {
    const isCheck = received.url === "/health";
    (isCheck ? asked : sent).push(Date.now());
    (isCheck ? green : delivered)(received, response);
  });
  const whole = {
    url: `${server.url}/health`,
    method: "GET" as const,
    everyMs: 400,
    timeoutMs: 400,
    expect: 200,
    slowMs: null,
    ill: [],
    ...health,
  };
  return {
    asked,
    sent,
    health: (answer: Answer) => {
      green = answer;
    },
    deliveries: (answer: Answer) => {
      delivered = answer;
    },
    begin: () => aProvider(base.sql, slug, { url: `${server.url}/records`, health: whole, ...policy }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const untilIll = (provider: string) =>
  eventually(async () => expect((await holdOf(base.sql, provider)).hold).toBe("unhealthy"));

test("the health check is asked before the first record goes, and then beside deliveries only", async () => {
  await using provider = await aHealthProvider("asked", { everyMs: 60_000, timeoutMs: 5_000 });
  await provider.begin();
  await enqueueMany(base.sql, "asked", 20);
  await eventually(async () => expect((await standing(base.sql, "asked")).delivered).toBe(20));
  expect(provider.asked.length).toBe(1);
  expect(provider.asked[0]).toBeLessThanOrEqual(provider.sent[0] ?? 0);
});

test("while it is ill nothing is sent, and it is asked once an interval, however many workers there are", async () => {
  await using provider = await aHealthProvider("ill", { everyMs: 2_000, timeoutMs: 500 });
  provider.health(says(503));
  await provider.begin();
  const ids = await enqueueMany(base.sql, "ill", 30);
  await untilIll("ill");
  const held = await holdOf(base.sql, "ill");
  expect(held.reason).toBe("the health check said 503");
  expect(Date.parse(held.until ?? "")).toBeGreaterThan(Date.now());
  expect((await statusOf(base.sql, ids[0] ?? "")).status).toBe("held");
  await eventually(() => expect(provider.asked.length).toBe(4));
  const [first = 0, , , fourth = 0] = provider.asked;
  expect(fourth - first).toBeGreaterThan(3 * 2_000 - 100);
  expect(provider.sent).toEqual([]);

  provider.health(ok);
  await eventually(async () => expect((await standing(base.sql, "ill")).delivered).toBe(30));
  expect(provider.asked.length).toBe(5);
  expect((await holdOf(base.sql, "ill")).hold).toBeNull();
});

test("a health check that always says 200 does not overrule deliveries that fail", async () => {
  const breaker = { probeEveryMs: 600_000, goodTrials: 3 };
  const backoff = { baseMs: 50, factor: 1, jitter: 0, attemptsMax: 3 };
  await using provider = await aHealthProvider("always", {}, { breaker, backoff });
  provider.deliveries(says(500));
  await provider.begin();
  await enqueueMany(base.sql, "always", 20);
  await eventually(async () => expect((await stateOf(base.sql, "always")).breaker).toBe("open"));
  const { length } = provider.sent;
  expect(length).toBeLessThan(10);
  // Two more checks say that all is well; nothing is sent for that.
  const asked = provider.asked.length;
  await eventually(() => expect(provider.asked.length).toBeGreaterThan(asked + 2));
  expect(provider.sent.length).toBe(length);
  expect(await standing(base.sql, "always")).toMatchObject({ queued: 20, failed: 0 });
});

test("a check that is red while deliveries succeed lies, and stops nothing", async () => {
  await using provider = await aHealthProvider("lying", { everyMs: 300, timeoutMs: 300 });
  provider.deliveries((received, response) => setTimeout(() => ok(received, response), 20));
  await provider.begin();
  await enqueueMany(base.sql, "lying", 300);
  await eventually(() => expect(provider.sent.length).toBeGreaterThan(10));
  provider.health(says(503));
  const redFrom = provider.sent.length;
  await eventually(async () => {
    const [row] =
      await base.sql`select gate -> 'health' ->> 'lying' as lying from redrive.provider_state where provider = 'lying'`;
    expect(row?.lying).toBe("true");
  });
  await eventually(async () => expect((await standing(base.sql, "lying")).delivered).toBe(300));
  const gaps = provider.sent.slice(redFrom).map((at, index, all) => at - (all[index - 1] ?? at));
  expect(Math.max(...gaps)).toBeLessThan(1_000);
});

test("an answer that fits a sign of illness, or comes too late, counts as red and says why", async () => {
  const ill = [{ jsonPath: "$.status", equals: "degraded" }];
  await using provider = await aHealthProvider("signs", {
    ill,
    slowMs: 150,
    everyMs: 1_200,
    timeoutMs: 1_000,
  });
  provider.health(says(200, { status: "degraded" }));
  await provider.begin();
  const id = await enqueue(base.sql, "signs");
  await eventually(async () =>
    expect((await holdOf(base.sql, "signs")).reason).toBe('its body says "degraded"'),
  );
  provider.health((received, response) => setTimeout(() => ok(received, response), 300));
  await eventually(async () =>
    expect((await holdOf(base.sql, "signs")).reason).toMatch(/^it took .* \(limit /),
  );
  expect(provider.sent).toEqual([]);
  provider.health(ok);
  await eventually(async () => expect((await statusOf(base.sql, id)).status).toBe("delivered"));
});

test("a person's probe lets one record pass a red check: delivered, the check lies and the others follow", async () => {
  await using provider = await aHealthProvider("probed", { everyMs: 600_000, timeoutMs: 500 });
  provider.health(says(503));
  await provider.begin();
  await enqueueMany(base.sql, "probed", 12);
  await untilIll("probed");
  expect(provider.sent).toEqual([]);
  const act = await probeProvider(base.sql, { slug: "probed" }, { actor: "Ana" });
  expect(act).toMatchObject({ breaker: "closed", probeRequestedBy: "Ana" });
  await eventually(async () => expect((await standing(base.sql, "probed")).delivered).toBe(12));
  expect((await holdOf(base.sql, "probed")).hold).toBeNull();
});

test("where the probe fails the check is right: one record was sent, and no more until it is asked again", async () => {
  await using provider = await aHealthProvider("right", { everyMs: 600_000, timeoutMs: 500 });
  provider.health(says(503));
  provider.deliveries(says(500));
  await provider.begin();
  await enqueueMany(base.sql, "right", 12);
  await untilIll("right");
  await probeProvider(base.sql, { slug: "right" }, { actor: "Ana" });
  await eventually(() => expect(provider.sent.length).toBe(1));
  await eventually(async () => {
    const [state] = await base.sql`
      select owner, probe_requested_by from redrive.provider_state where provider = 'right'`;
    expect(state).toEqual({ owner: null, probeRequestedBy: null });
  });
  expect((await holdOf(base.sql, "right")).hold).toBe("unhealthy");
  expect(provider.sent.length).toBe(1);
  const [queued] =
    await base.sql`select sum(attempts)::int as attempts from redrive.queue where provider = 'right'`;
  expect(queued?.attempts).toBe(0);
});

test("a probe is refused where records are sent anyway", async () => {
  await aProvider(base.sql, "fine");
  await expect(probeProvider(base.sql, { slug: "fine" }, { actor: "Ana" })).rejects.toThrow(
    "nothing to probe",
  );
});

test("another health check is asked at once, and what the old one said is forgotten", async () => {
  await using provider = await aHealthProvider("moved", { everyMs: 600_000, timeoutMs: 500, expect: 204 });
  await provider.begin();
  const id = await enqueue(base.sql, "moved");
  await untilIll("moved");
  const [row] = await base.sql<
    { health: Health }[]
  >`select policy -> 'health' as health from redrive.providers where slug = 'moved'`;
  if (!row) throw new Error("no policy");
  await patchPolicy(base.sql, "moved", { health: { ...row.health, expect: 200 } });
  await eventually(async () => expect((await statusOf(base.sql, id)).status).toBe("delivered"), 3_000);
});
