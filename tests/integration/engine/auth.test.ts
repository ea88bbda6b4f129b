// How whole workers prove who they are: one token for all of them, renewed once when it is refused, and signatures.
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PatchProvider } from "#lib/contract/policy.ts";
import type { Simulator } from "#simulator/server.ts";
import {
  aSimulatedEngine,
  createdProvider,
  enqueue,
  enqueueMany,
  eventually,
  patchPolicy,
  type SimulatedEngine,
  standing,
  stateOf,
  statusOf,
} from "#tests/support/engine.ts";
import { aProviderServer } from "#tests/support/provider-server.ts";

let base: SimulatedEngine;
let simulator: Simulator;
beforeAll(async () => {
  base = await aSimulatedEngine({ workers: 2 });
  simulator = base.simulator;
});
afterAll(() => base[Symbol.asyncDispose]());

const fast = {
  backoff: { baseMs: 100, factor: 1, jitter: 0, attemptsMax: 3 },
  breaker: { probeEveryMs: 500, goodTrials: 3 },
  timeoutMs: { connect: 1_000, headers: 2_000, total: 5_000 },
};

const oauth = (url: string, clientSecret: string) => ({
  kind: "oauth2_client_credentials" as const,
  tokenUrl: `${url}/token`,
  clientId: "redrive",
  clientSecret,
  scope: null,
  audience: null,
  send: "basic" as const,
});

/** A simulated provider that wants a token; its secret is "first". */
async function anOAuthProvider(slug: string, policy: PatchProvider = {}) {
  const provider = simulator.provider(slug);
  provider.set({
    requireToken: true,
    clientSecret: "first",
    latency: { distribution: "fixed", medianMs: 2 },
  });
  await createdProvider(base.sql, slug, {
    url: `${provider.url}/results`,
    auth: oauth(provider.url, "first"),
    ...fast,
    ...(policy as object),
  });
  return provider;
}

const attemptsOf = async (slug: string) => {
  const [row] = await base.sql<{ attempted: number; charged: number }[]>`
    select
      count(*) filter (where kind = 'attempted')::int as attempted,
      (select coalesce(sum(attempts), 0)::int from redrive.queue where provider = ${slug}) as charged
    from redrive.events join redrive.outbox on outbox.id = record_id
    where provider = ${slug}`;
  return row;
};

test("10,000 records over two workers, in one token's life, cost one token", {
  timeout: 120_000,
}, async () => {
  const provider = await anOAuthProvider("ats", { batchSizeMax: 50, connectionsMax: 50 });
  await enqueueMany(base.sql, "ats", 5_000);
  await eventually(() => expect(provider.counts().accepted).toBeGreaterThan(2_000), 60_000);
  // The other worker takes it up amid them.
  const owner = (await stateOf(base.sql, "ats")).owner;
  await base.restart(base.workers.findIndex(({ id }) => id === owner));
  await enqueueMany(base.sql, "ats", 5_000);
  await eventually(async () => expect((await standing(base.sql, "ats")).delivered).toBe(10_000), 90_000);
  expect(provider.counts()).toMatchObject({ tokensIssued: 1, accepted: 10_000, received: 10_000 });
  const stored = await base.sql`select sealed from redrive.tokens`;
  expect(stored.length).toBe(1);
});

test("a token that is revoked under load is replaced by one, and each refused request is repeated once", async () => {
  const { sql } = base;
  const provider = await anOAuthProvider("revoked", { batchSizeMax: 20, connectionsMax: 20 });
  provider.set({ latency: { medianMs: 15 } });
  await enqueueMany(sql, "revoked", 1_500);
  await eventually(() => expect(provider.counts().accepted).toBeGreaterThan(500));
  provider.revokeTokens();
  await eventually(async () => expect((await standing(sql, "revoked")).delivered).toBe(1_500));
  const { tokensIssued, received, accepted, doubled } = provider.counts();
  expect({ tokensIssued, accepted, doubled }).toEqual({ tokensIssued: 2, accepted: 1_500, doubled: 0 });
  const refused = received - accepted;
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThanOrEqual(20);
  expect(await attemptsOf("revoked")).toEqual({ attempted: 0, charged: 0 });
  expect((await stateOf(sql, "revoked")).breaker).toBe("closed");
});

test("while the token endpoint is down the breaker is open, nothing fails and nothing is charged; then all goes", async () => {
  const { sql } = base;
  const provider = await anOAuthProvider("tokenless");
  provider.set({ tokenEndpointDown: true });
  await enqueueMany(sql, "tokenless", 40);
  await eventually(async () => {
    expect(await stateOf(sql, "tokenless")).toMatchObject({ breaker: "open", breakerReason: "unauthorized" });
  });
  expect(provider.counts().received).toBe(0);
  expect(await standing(sql, "tokenless")).toMatchObject({ queued: 40, failed: 0 });
  expect((await attemptsOf("tokenless"))?.charged).toBe(0);
  provider.set({ tokenEndpointDown: false });
  await eventually(async () => {
    expect(await standing(sql, "tokenless")).toMatchObject({ queued: 0, failed: 0, delivered: 40 });
  });
  expect(provider.counts().tokensIssued).toBe(1);
});

test("a rotated secret is taken up within seconds, and the records that waited for it go", async () => {
  const { sql } = base;
  const provider = await anOAuthProvider("rotated", { breaker: { probeEveryMs: 600_000, goodTrials: 3 } });
  const before = await enqueue(sql, "rotated");
  await eventually(async () => expect((await statusOf(sql, before)).status).toBe("delivered"));
  provider.set({ clientSecret: "second" });
  provider.revokeTokens();
  await enqueueMany(sql, "rotated", 30);
  await eventually(async () => {
    expect(await stateOf(sql, "rotated")).toMatchObject({ breaker: "open", breakerReason: "unauthorized" });
  });
  const rotatedMs = Date.now();
  await patchPolicy(sql, "rotated", { auth: oauth(provider.url, "second") });
  await eventually(() => expect(provider.counts().accepted).toBeGreaterThan(1));
  expect(Date.now() - rotatedMs).toBeLessThan(3_000);
  await eventually(async () => {
    expect(await standing(sql, "rotated")).toMatchObject({ queued: 0, failed: 0, delivered: 31 });
  });
});

test("a secret rotated while its token still lasts stops nothing", async () => {
  const { sql } = base;
  const provider = await anOAuthProvider("seamless");
  provider.set({ latency: { medianMs: 10 } });
  await enqueueMany(sql, "seamless", 400);
  await eventually(() => expect(provider.counts().accepted).toBeGreaterThan(50));
  provider.set({ clientSecret: "second" });
  await patchPolicy(sql, "seamless", { auth: oauth(provider.url, "second") });
  await eventually(async () => expect((await standing(sql, "seamless")).delivered).toBe(400));
  expect(provider.counts()).toMatchObject({ tokensIssued: 2, received: 400 });
});

test("a signature is what Standard Webhooks checks, with each of two secrets, and is made anew for each attempt", async () => {
  const { sql } = base;
  const secrets = [1, 2].map((seed) => `whsec_${Buffer.alloc(32, seed).toString("base64")}`);
  let refusals = 0;
  await using receiver = await aProviderServer((_, response) => {
    refusals += 1;
    response.writeHead(refusals === 1 ? 500 : 200).end();
  });
  await createdProvider(sql, "signed", {
    url: receiver.url,
    auth: { kind: "standard_webhooks", secrets },
    ...fast,
    backoff: { ...fast.backoff, baseMs: 1_100 },
  });
  const id = await enqueue(sql, "signed", { event: "score.ready", n: 1.5 });
  await eventually(async () => expect((await statusOf(sql, id)).status).toBe("delivered"));
  expect(receiver.received.length).toBe(2);
  for (const { headers, body } of receiver.received) {
    for (const secret of secrets) {
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({
        event: "score.ready",
        n: 1.5,
      });
    }
    expect(headers["webhook-id"]).toBe(id);
    expect(() =>
      new Webhook(secrets[0] ?? "").verify(`${body} `, headers as Record<string, string>),
    ).toThrow();
  }
  const [first, second] = receiver.received.map(({ headers }) => headers["webhook-timestamp"]);
  expect(Number(second)).toBeGreaterThan(Number(first));
});
