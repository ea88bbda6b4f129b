// Access tokens as workers get them: two token sources stand for two processes, each with connections of its own, on one
// database. Clocks and pauses are the test's.
import { Writable } from "node:stream";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { connectSql, type Sql } from "#db/client.ts";
import { claimTokenFetch } from "#db/writes/claim-token-fetch.ts";
import { dropToken } from "#db/writes/drop-token.ts";
import { resealSecrets } from "#db/writes/reseal-secrets.ts";
import { ProviderAuth, ProviderPolicy } from "#lib/contract/policy.ts";
import { isSealedUnderPresent, keyringOf } from "#lib/node/secrets.ts";
import { type ProviderHandle, type Simulator, startSimulator } from "#simulator/server.ts";
import { aDatabase, type TestDatabase } from "#tests/support/database.ts";
import { aProviderServer, type ProviderServer, says } from "#tests/support/provider-server.ts";
import type { Authorizer, Proof } from "#worker/auth/authorizer.ts";
import { createAuthorizer } from "#worker/auth/create-authorizer.ts";
import { credentialOf, type Patience } from "#worker/auth/token-source.ts";
import type { Request } from "#worker/http/call.ts";
import { createPools, type Pools } from "#worker/http/pools.ts";

let base: TestDatabase;
let simulator: Simulator;
let server: ProviderServer;
beforeAll(async () => {
  base = await aDatabase();
  simulator = await startSimulator();
  server = await aProviderServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await simulator.close();
  await base[Symbol.asyncDispose]();
});

const keys = keyringOf("a secret of at least 32 characters");
const clientSecret = "the-client-secret-of-ats";
const request: Request = { method: "POST", path: "/", headers: [], body: "{}" };

/** What one test's workers share: a clock, pauses that take no time, and what they logged. */
let nowMs: number;
let paused: number[];
let whilePaused: () => Promise<unknown>;
let logged: string;
const opened: { sql: Sql; http: Pools }[] = [];
beforeEach(() => {
  nowMs = 1_000_000;
  paused = [];
  whilePaused = async () => {};
  logged = "";
});
afterEach(async () => {
  for (const { sql, http } of opened.splice(0)) {
    await http.close();
    await sql.end({ timeout: 5 });
  }
  // Whatever a test did: no token and no secret is in a log line, nor in the table as it is.
  const tokens = JSON.stringify(await base.sql`select * from redrive.tokens`);
  for (const secret of [clientSecret, ...issued.splice(0)]) {
    expect(logged).not.toContain(secret);
    expect(tokens).not.toContain(secret);
  }
});
const issued: string[] = [];

const patience: Patience = {
  pause: async (ms) => {
    paused.push(ms);
    nowMs += ms;
    await whilePaused();
  },
  triesAfterMs: [250, 1_000],
  lookEveryMs: 75,
  failedForMs: 5_000,
};

const log = pino(
  { level: "trace" },
  new Writable({
    write(chunk, _, done) {
      logged += String(chunk);
      done();
    },
  }),
);

const policy = ProviderPolicy.parse({ name: "ATS", url: "https://ats.example/results" });

type OAuth2 = Extract<ProviderAuth, { kind: "oauth2_client_credentials" }>;
const anAuth = (tokenUrl: string, more: Partial<OAuth2> = {}): OAuth2 => {
  const auth = ProviderAuth.parse({
    kind: "oauth2_client_credentials",
    tokenUrl,
    clientId: "redrive",
    clientSecret,
    ...more,
  });
  if (auth.kind !== "oauth2_client_credentials") throw new Error("not OAuth 2");
  return auth;
};

/** One process's authorizer, with connections of its own. */
function aProcess(
  auth: OAuth2,
  {
    keyring = keys,
    allowPrivate = true,
    monotonicMs = () => nowMs,
  }: { keyring?: typeof keys | null; allowPrivate?: boolean; monotonicMs?: () => number } = {},
): Authorizer {
  const sql = connectSql(base.url, { name: "test worker", max: 4 });
  const http = createPools({ allowPrivate });
  opened.push({ sql, http });
  const deps = { sql, http, log, monotonicMs, workerId: `worker ${opened.length}`, keyring };
  return createAuthorizer(deps, "ats", policy, auth, patience);
}

const prove = async (authorizer: Authorizer): Promise<Proof> =>
  authorizer.prove(request, { id: "r-1" }, nowMs);

/** The headers of a proof; its token is watched for in logs and tables. */
async function headersOf(authorizer: Authorizer): Promise<string[]> {
  const proof = await prove(authorizer);
  if ("unauthorized" in proof) throw new Error(proof.unauthorized);
  issued.push(proof.headers[1]?.replace("Bearer ", "") ?? "");
  return proof.headers;
}

/** A simulated provider of its own for each test, with its token endpoint. */
function aProvider(slug: string): ProviderHandle & { tokenUrl: string } {
  const provider = simulator.provider(slug);
  return { ...provider, tokenUrl: `${provider.url}/token` };
}

const rowOf = async (auth: OAuth2) => {
  const [row] = await base.sql`
    select * from redrive.tokens where credential = ${credentialOf({ ...auth, clientSecret: auth.clientSecret ?? "" })}`;
  return row;
};

/** As if so much time had passed, for the workers' clock and the database's. */
async function pass(ms: number): Promise<void> {
  nowMs += ms;
  const by = base.sql`${ms} * interval '1 millisecond'`;
  await base.sql`
    update redrive.tokens
    set renew_at = renew_at - ${by}, expires_at = expires_at - ${by}, fetching_until = fetching_until - ${by},
      failed_until = failed_until - ${by}`;
}

test.each(["basic", "post"] as const)(
  "the client proves itself by %s, and the token goes with the request",
  async (send) => {
    const provider = aProvider(`by-${send}`);
    provider.set({ clientSecret, requireToken: true });
    const authorizer = aProcess(anAuth(provider.tokenUrl, { send }));
    expect(authorizer.names).toEqual(new Set(["authorization"]));
    const headers = await headersOf(authorizer);
    expect(headers).toEqual(["authorization", expect.stringMatching(/^Bearer [\w-]{24}$/)]);
    const answer = await fetch(provider.url, {
      method: "POST",
      body: "{}",
      headers: [headers as [string, string]],
    });
    expect(answer.status).toBe(200);
  },
);

test("many callers in two processes make one fetch, and a third process finds its token", async () => {
  const provider = aProvider("shared");
  const auth = anAuth(provider.tokenUrl);
  const [one, two] = [aProcess(auth), aProcess(auth)];
  const proofs = await Promise.all(Array.from({ length: 100 }, (_, at) => headersOf(at % 2 ? one : two)));
  expect(new Set(proofs.map(([, value]) => value)).size).toBe(1);
  expect(await headersOf(aProcess(auth))).toEqual(proofs[0]);
  expect(provider.counts().tokensIssued).toBe(1);
});

test("a token in memory is given at once, without a look at the database", async () => {
  const authorizer = aProcess(anAuth(aProvider("hot").tokenUrl));
  const headers = await headersOf(authorizer);
  await opened[0]?.sql.end();
  const proof = authorizer.prove(request, { id: "r-2" }, nowMs);
  expect(proof).toEqual({ headers });
});

test("a token is renewed a tenth of its life ahead, behind the old one, by one worker for all", async () => {
  const provider = aProvider("ahead");
  provider.set({ tokenSeconds: 100 });
  const auth = anAuth(provider.tokenUrl);
  const [one, two] = [aProcess(auth), aProcess(auth)];
  const first = await headersOf(one);
  expect(await headersOf(two)).toEqual(first);
  await pass(89_900);
  expect(await headersOf(one)).toEqual(first);
  expect(await rowOf(auth)).toMatchObject({ fetchingBy: null });
  expect(provider.counts().tokensIssued).toBe(1);

  await pass(200);
  const firstAt = (await rowOf(auth))?.fetchedAt;
  expect(await Promise.all([headersOf(one), headersOf(two)])).toEqual([first, first]);
  await expect.poll(async () => (await rowOf(auth))?.fetchedAt).not.toBe(firstAt);
  // Whichever was second looks again after a while, and finds what the other fetched.
  await pass(5_000);
  for (const each of [one, two]) await expect.poll(() => headersOf(each)).not.toEqual(first);
  expect(await headersOf(two)).toEqual(await headersOf(one));
  expect(provider.counts().tokensIssued).toBe(2);
});

test("a token that lasts long is renewed a minute ahead", async () => {
  const provider = aProvider("long");
  provider.set({ tokenSeconds: 86_400 });
  const auth = anAuth(provider.tokenUrl);
  await headersOf(aProcess(auth));
  const [row] = await base.sql`
    select extract(epoch from expires_at - renew_at)::int as ahead, extract(epoch from expires_at - fetched_at)::int as life
    from redrive.tokens where credential = ${(await rowOf(auth))?.credential}`;
  expect(row).toEqual({ ahead: 60, life: 86_400 });
});

test("twenty refusals at once over two processes make one new fetch, and each may be tried again", async () => {
  const provider = aProvider("revoked");
  provider.set({ requireToken: true });
  const auth = anAuth(provider.tokenUrl);
  const [one, two] = [aProcess(auth), aProcess(auth)];
  const before = await headersOf(one);
  expect(await headersOf(two)).toEqual(before);
  provider.revokeTokens();

  const again = await Promise.all(
    Array.from({ length: 20 }, async (_, at) => {
      const authorizer = at % 2 ? one : two;
      expect(await authorizer.refused(before)).toBe(true);
      return headersOf(authorizer);
    }),
  );
  expect(new Set(again.map(([, value]) => value)).size).toBe(1);
  expect(again[0]).not.toEqual(before);
  expect(provider.counts().tokensIssued).toBe(2);
  // A refusal that comes late is of the token before, and costs the new one nothing.
  expect(await two.refused(before)).toBe(true);
  expect([await headersOf(one), await headersOf(two)]).toEqual([again[0], again[0]]);
  expect(provider.counts().tokensIssued).toBe(2);
});

test("a refusal in one process leaves alone what another has fetched since", async () => {
  const provider = aProvider("late");
  const auth = anAuth(provider.tokenUrl);
  const [one, two] = [aProcess(auth), aProcess(auth)];
  const before = await headersOf(one);
  expect(await headersOf(two)).toEqual(before);
  await one.refused(before);
  const after = await headersOf(one);
  await two.refused(before);
  expect(await headersOf(two)).toEqual(after);
  // Nor does one that read the old token a moment ago drop the new one.
  await dropToken(base.sql, credentialOf({ ...auth, clientSecret }), "2026-01-01T00:00:00Z");
  expect(await headersOf(aProcess(auth))).toEqual(after);
  expect(provider.counts().tokensIssued).toBe(2);
});

test("an endpoint that gives the same token again is not asked without end", async () => {
  server.answer(says(200, { access_token: "always-the-same", expires_in: 60 }));
  const authorizer = aProcess(anAuth(`${server.url}/stubborn`));
  const first = await headersOf(authorizer);
  await authorizer.refused(first);
  expect(await headersOf(authorizer)).toEqual(first);
  expect(server.received.filter(({ url }) => url === "/stubborn")).toHaveLength(2);
});

test("a token that is over before it is written down is used all the same, and fetched once", async () => {
  server.answer(says(200, { access_token: "short-lived", expires_in: 1 }));
  // Each look at the clock is two seconds after the one before.
  const monotonicMs = () => (nowMs += 2_000);
  const authorizer = aProcess(anAuth(`${server.url}/brief`), { monotonicMs });
  expect(await headersOf(authorizer)).toEqual(["authorization", "Bearer short-lived"]);
  expect(server.received.filter(({ url }) => url === "/brief")).toHaveLength(1);
});

test("an endpoint that is down is tried three times, once for all, and again when that is forgotten", async () => {
  const provider = aProvider("down");
  provider.set({ tokenEndpointDown: true });
  const auth = anAuth(provider.tokenUrl);
  const [one, two] = [aProcess(auth), aProcess(auth)];
  const why = `The token endpoint at ${new URL(provider.url).host} answered 503 (temporarily_unavailable).`;
  const proofs = await Promise.all(Array.from({ length: 20 }, () => prove(one)));
  expect(new Set(proofs.map((proof) => JSON.stringify(proof)))).toEqual(
    new Set([JSON.stringify({ unauthorized: why })]),
  );
  expect(paused).toEqual([250, 1_000]);
  // The other process learns it from the table, and asks nobody.
  expect(await prove(two)).toEqual({ unauthorized: why });
  expect(await prove(one)).toEqual({ unauthorized: why });
  expect(paused).toHaveLength(2);

  provider.set({ tokenEndpointDown: false });
  await pass(5_001);
  expect(await headersOf(two)).toEqual(await headersOf(one));
  expect(await rowOf(auth)).toMatchObject({ error: null, failedUntil: null });
});

test("what is refused for good is asked once", async () => {
  const provider = aProvider("wrong-secret");
  provider.set({ clientSecret: "another" });
  expect(await prove(aProcess(anAuth(provider.tokenUrl)))).toEqual({
    unauthorized: `The token endpoint at ${new URL(provider.url).host} answered 401 (invalid_client).`,
  });
  expect(paused).toEqual([]);
});

test("while renewal fails the cached token serves to its end, in every process, and then nothing does", async () => {
  const provider = aProvider("failing");
  provider.set({ tokenSeconds: 100 });
  const auth = anAuth(provider.tokenUrl);
  const one = aProcess(auth);
  const first = await headersOf(one);
  provider.set({ tokenEndpointDown: true });
  await pass(95_000);
  expect(await headersOf(one)).toEqual(first);
  await expect.poll(async () => (await rowOf(auth))?.error).toContain("503");
  // Nobody else asks meanwhile, though it is time.
  const credential = (await rowOf(auth))?.credential;
  expect(await claimTokenFetch(base.sql, { credential, fetchingBy: "another", forMs: 1 })).toBe(false);
  expect(await headersOf(one)).toEqual(first);
  expect(await headersOf(aProcess(auth))).toEqual(first);
  // It ends: its renewal would else race the first one's, once the clocks are moved.
  const second = opened[1];
  if (second === undefined) throw new Error("there is no second process");
  await second.sql.end({ timeout: 5 });
  await pass(5_000);
  expect(await prove(one)).toEqual({ unauthorized: expect.stringContaining("503") });
  expect(await prove(aProcess(auth))).toEqual({ unauthorized: expect.stringContaining("503") });
});

test.each([
  ["no token", { token_type: "Bearer", expires_in: 60 }, "has no access_token"],
  ["an empty token", { access_token: "", expires_in: 60 }, "has an empty access_token"],
  [
    "an expiry of nonsense",
    { access_token: "t-secret-1", expires_in: "soon" },
    "has an expires_in that is no number",
  ],
  [
    "an expiry of a moment",
    { access_token: "t-secret-4", expires_in: 0.001 },
    "has an expires_in that is no number of seconds between 1 and ten years",
  ],
  [
    "an expiry in the past",
    { access_token: "t-secret-2", expires_in: -5 },
    "has an expires_in that is no number",
  ],
  [
    "a token of another type",
    { access_token: "t-secret-3", token_type: "mac" },
    "another token_type than bearer",
  ],
  ["a list", [], "is not a JSON object"],
])("an answer with %s is refused by name", async (name, body, words) => {
  server.answer(says(200, body));
  const auth = anAuth(`${server.url}/${encodeURIComponent(name)}`);
  const proof = await prove(aProcess(auth));
  expect(proof).toEqual({ unauthorized: expect.stringContaining(words) });
  expect(JSON.stringify(proof)).not.toContain("t-secret");
  expect(await rowOf(auth)).toMatchObject({ sealed: null, error: expect.stringContaining(words) });
});

test("a fetcher that died holds nobody up for longer than its claim", async () => {
  const provider = aProvider("orphan");
  const auth = anAuth(provider.tokenUrl);
  const credential = credentialOf({ ...auth, clientSecret });
  await claimTokenFetch(base.sql, { credential, fetchingBy: "the dead", forMs: 60_000 });
  // The second look finds the claim over.
  whilePaused = async () => {
    if (paused.length === 2)
      await base.sql`update redrive.tokens set fetching_until = now() where credential = ${credential}`;
  };
  await headersOf(aProcess(auth));
  expect(paused).toEqual([75, 75]);
  expect(provider.counts().tokensIssued).toBe(1);
});

test("a fetch that never ends elsewhere is waited for, but not for ever", async () => {
  const auth = anAuth(aProvider("endless").tokenUrl);
  const credential = credentialOf({ ...auth, clientSecret });
  await claimTokenFetch(base.sql, { credential, fetchingBy: "the slow", forMs: 3_600_000 });
  expect(await prove(aProcess(auth))).toEqual({
    unauthorized: "Another worker has been fetching the access token for too long.",
  });
  expect(paused.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(10_000);
});

test("another secret, scope or audience is another credential, and gets a token of its own", async () => {
  const provider = aProvider("rotated");
  const auth = anAuth(provider.tokenUrl);
  const first = await headersOf(aProcess(auth));
  provider.set({ clientSecret: "the-new-client-secret" });
  expect(await headersOf(aProcess(auth))).toEqual(first);
  const rotated = await headersOf(aProcess({ ...auth, clientSecret: "the-new-client-secret" }));
  expect(rotated).not.toEqual(first);
  provider.set({ clientSecret: null });
  const others = [
    { ...auth, scope: "write" },
    { ...auth, audience: "https://api.example" },
    { ...auth, send: "post" as const },
  ];
  for (const other of others) await headersOf(aProcess(other));
  expect(provider.counts().tokensIssued).toBe(5);
  expect(logged).not.toContain("the-new-client-secret");
});

test("a token sealed under a secret that is gone is fetched anew; under the previous one it is read", async () => {
  const provider = aProvider("resealed");
  const auth = anAuth(provider.tokenUrl);
  const first = await headersOf(aProcess(auth));
  const rotated = keyringOf("the next secret, 32 characters or more", "a secret of at least 32 characters");
  expect(await headersOf(aProcess(auth, { keyring: rotated }))).toEqual(first);
  expect(provider.counts().tokensIssued).toBe(1);
  const foreign = keyringOf("quite another secret of 32 characters");
  expect(await headersOf(aProcess(auth, { keyring: foreign }))).not.toEqual(first);
  expect(provider.counts().tokensIssued).toBe(2);
});

test("resealing drops tokens of the old secret and leaves those of the new", async () => {
  const [old, anew] = [anAuth(aProvider("old-key").tokenUrl), anAuth(aProvider("new-key").tokenUrl)];
  const rotated = keyringOf("the next secret, 32 characters or more", "a secret of at least 32 characters");
  await headersOf(aProcess(old));
  await headersOf(aProcess(anew, { keyring: rotated }));
  await resealSecrets(base.sql, {
    isSealedUnderPresent: (sealed) => isSealedUnderPresent(rotated, sealed),
    reseal: () => {
      throw new Error("there is no provider here");
    },
  });
  expect(await rowOf(old)).toBeUndefined();
  expect(await rowOf(anew)).toMatchObject({ sealed: expect.stringMatching(/^v2\./) });
});

test("a token endpoint on a private address is not called where that is not allowed", async () => {
  const provider = aProvider("private");
  expect(await prove(aProcess(anAuth(provider.tokenUrl), { allowPrivate: false }))).toEqual({
    unauthorized: expect.stringContaining("loopback or private"),
  });
  expect(provider.counts().tokensIssued).toBe(0);
});

test("without REDRIVE_SECRET, or without a client secret, there is no proof and nobody is asked", async () => {
  const provider = aProvider("unsealed");
  const auth = anAuth(provider.tokenUrl);
  expect(await prove(aProcess(auth, { keyring: null }))).toEqual({
    unauthorized: expect.stringContaining("REDRIVE_SECRET"),
  });
  expect(await prove(aProcess({ ...auth, clientSecret: null }))).toEqual({
    unauthorized: expect.stringContaining("client secret"),
  });
  expect(provider.counts().tokensIssued).toBe(0);
});

test("constant proofs are given at once, and a refusal of one is final", async () => {
  const proofs: [ProviderAuth, string[]][] = [
    [{ kind: "none" }, []],
    [{ kind: "header", name: "X-Api-Key", value: "k" }, ["X-Api-Key", "k"]],
    [{ kind: "basic", user: "ü", password: "p:w" }, ["authorization", `Basic ${btoa("Ã¼:p:w")}`]],
  ];
  for (const [auth, headers] of proofs) {
    const sql = base.sql;
    const http = createPools({ allowPrivate: false });
    const deps = { sql, http, log, monotonicMs: () => nowMs, workerId: "w", keyring: null };
    const authorizer = createAuthorizer(deps, "ats", policy, auth);
    expect(authorizer.prove(request, { id: "r-1" }, nowMs)).toEqual({ headers });
    expect([...authorizer.names]).toEqual(headers.slice(0, 1).map((name) => name.toLowerCase()));
    expect(await authorizer.refused(headers)).toBe(false);
  }
});
