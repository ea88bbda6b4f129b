// Whatever is sent to whichever operation: it is answered, as it is described, and never as our fault.
import { globSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonSchema } from "#lib/contract/openapi-schemas.ts";
import { methods, type Operation } from "#lib/contract/operation.ts";
import { operations } from "#lib/contract/operations/index.ts";
import { deps } from "#lib/server/deps.ts";
import { openSession } from "#lib/server/portal-caller.ts";
import { mintToken } from "#lib/server/portal-tokens.ts";
import type { Served } from "#lib/server/route.ts";
import { type Api, anApi, aRecord, bootstrapKey, origin } from "#tests/integration/api/app.ts";
import { description, holdToContract } from "#tests/support/contract.ts";
import { aProvider } from "#tests/support/database.ts";
import { text, valuesOf } from "#tests/support/schema-values.ts";
import { signedBySlack, signingSecret } from "#tests/support/slack-signed.ts";

// For all operations together some twenty seconds; on a machine that is busy, fewer runs instead of more time.
const runsEach = 15;
const msEach = 3_000;
const answerMs = 10_000;
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

let api: Api;
/** Those that were answered with a success. */
const reached = new Set<string>();
const handlers = new Map<string, Served>();
/** What exists: ids and slugs, so that random requests meet something. */
const owner = "customer-42";
const endUser = { minted: "", session: "" };
const slugs: string[] = ["ats", "sms", "technical", "desk", "bird"];
const ids: string[] = [];
const oneOf = (values: readonly string[]) =>
  fc.nat({ max: 10_000 }).map((nth) => values[nth % values.length] ?? "");

beforeAll(async () => {
  api = await anApi({ REDRIVE_SLACK_SIGNING_SECRET: signingSecret });
  for (const file of globSync("app/api/v1/**/route.ts")) {
    const served: Record<string, Served | undefined> = await import(resolve(file));
    for (const method of methods) {
      const handler = served[method];
      if (handler) handlers.set(handler.operation.id, handler);
    }
  }
  await aProvider(api.sql, "ats");
  await aProvider(api.sql, "sms");
  for (const provider of ["ats", "sms"]) {
    ids.push(await aRecord.waiting(api, provider), await aRecord.delivered(api, provider));
    ids.push(
      await aRecord.failed(api, { provider }),
      await aRecord.failed(api, { provider, owner, category: "client_data" }),
    );
  }
  await api.sql`
    insert into redrive.canaries (slug, provider, cron, payload, limit_ms, updated_by)
    values ('bird', 'ats', '* * * * *', '{}', 1000, 'test')`;
  await api.sql`
    insert into redrive.channels (slug, name, kind, provider, updated_by) values ('desk', 'Desk', 'webhook', 'ats', 'test')`;
  const groups = await api.sql<{ id: string }[]>`select id from redrive.failure_groups`;
  ids.push(...groups.map(({ id }) => id), api.admin.id);
  const [rule] = await api.sql<{ slug: string }[]>`select slug from redrive.alert_rules limit 1`;
  slugs.push(rule?.slug ?? "");
  const { env } = deps();
  const claims = {
    owner,
    actions: ["see", "retry", "edit", "withdraw"] as const,
    expiresInSeconds: 3_600,
    once: false,
  };
  const minted = await mintToken(env, { ...claims, actions: [...claims.actions] });
  const opened = await openSession(minted.token, deps());
  if ("closed" in opened) throw new Error("the token opens nothing");
  endUser.minted = minted.token;
  endUser.session = opened.session.token;
});
afterAll(() => api[Symbol.asyncDispose]());

type Sent = {
  method: string;
  url: string;
  params: Record<string, string>;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
};

const latin = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code < 0x7f || code > 0x9f)
    .map((code) => String.fromCharCode(code)),
  maxLength: 300,
});

/** Mostly the caller who may all; now and then nobody, or a header that is none. */
const callersOf = ({ may }: Operation) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(0).map(() => `Bearer ${keyFor(may)}`) },
    { weight: 1, arbitrary: latin.map((name) => name.trim()) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );

function keyFor(may: Operation["may"]): string {
  if (typeof may === "string" || !("proof" in may)) return bootstrapKey;
  return may.proof === "token" ? endUser.minted : endUser.session;
}

const types = fc.oneof(
  { weight: 12, arbitrary: fc.constant<string | undefined>("application/json") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "application/json; charset=utf-16",
      "text/plain",
      "multipart/form-data",
      "APPLICATION/JSON",
      undefined,
    ),
  },
);

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map((json) => new Uint8Array(Buffer.from(json, "utf16le"))),
  fc
    .constantFrom(
      "[".repeat(100_000),
      `${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}`,
      '{"a":1,"a":2}',
      '{"__proto__":{"may":"all"}}',
      `{"payload":${"9".repeat(4_000)}}`,
      `{"reason":"${"x".repeat(300_000)}"}`,
      `"${"x".repeat(1_300_000)}"`,
      "\ufeff{}",
      "{",
      "null",
      "[]",
      "1e999",
    )
    .map((text) => new Uint8Array(Buffer.from(text))),
);

function requestsOf(operation: Operation): fc.Arbitrary<Sent> {
  const described = description.paths[operation.path]?.[operation.method.toLowerCase()];
  const existing = { slug: oneOf(slugs), id: oneOf(ids) };
  const values = (schema: JsonSchema) => valuesOf(schema, description.components.schemas, existing);
  const parameters = described?.parameters ?? [];
  const pathValues = parameters
    .filter((parameter) => parameter.in === "path")
    .map(({ name, schema }) => [
      name,
      fc.oneof({ weight: 8, arbitrary: values(schema).map(asText) }, { weight: 1, arbitrary: text }),
    ]);
  const queryValues = parameters
    .filter((parameter) => parameter.in === "query")
    .map(({ name, schema }) => [name, values(schema).map(asText)]);
  const content = (described?.requestBody as { content?: Record<string, { schema: JsonSchema }> } | undefined)
    ?.content;
  const schema = content?.["application/json"]?.schema;
  const body = schema
    ? fc.oneof(
        { weight: 6, arbitrary: values(schema).map((value) => JSON.stringify(value)) },
        { weight: 1, arbitrary: bytes },
      )
    : bytes;
  return fc
    .record({
      params: fc.record<Record<string, string>>(Object.fromEntries(pathValues)),
      query: fc.record<Record<string, string>>(Object.fromEntries(queryValues), { requiredKeys: [] }),
      more: fc.oneof(
        { weight: 8, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(fc.tuple(text, text), { maxLength: 3 }) },
      ),
      authorization: callersOf(operation),
      type: types,
      key: fc.option(latin, { nil: undefined, freq: 10 }),
      version: fc.option(fc.oneof(latin, fc.constantFrom('"1"', "*", '"99999999999"')), {
        nil: undefined,
        freq: 5,
      }),
      body,
    })
    .map(({ params, query, more, authorization, type, key, version, body }) => {
      const search = new URLSearchParams(
        [...Object.entries(query), ...more].map(([name, value]) => [String(name), String(value)]),
      );
      const headers = { authorization, "content-type": type, "idempotency-key": key, "if-match": version };
      const given = Object.entries(headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      );
      return {
        method: operation.method,
        url: `${origin}/api/v1${operation.path.replaceAll(/[{}]/g, "")}?${search}`,
        params,
        headers: Object.fromEntries(given),
        body: operation.method === "GET" ? undefined : body,
        ...(operation.takes &&
          signedBySlack(typeof body === "string" ? body : Buffer.from(body).toString("latin1"))),
      };
    });
}

const asText = (value: unknown): string =>
  typeof value === "string" ? value : String(JSON.stringify(value));

/** Status and text of the answer; of a stream, that it began. */
async function answerTo(handler: Served, { method, url, params, headers, body }: Sent) {
  const response = await handler(new Request(url, { method, headers, body: body as BodyInit }), {
    params: Promise.resolve(params),
  });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (isStream) await response.body?.cancel();
  const text = isStream ? null : await response.text();
  holdToContract(handler, response, text);
  return { status: response.status, text };
}

describe(`with the seed ${seed} (FUZZ_SEED)`, () => {
  const byRoutes = operations.filter(({ servedBefore }) => servedBefore === undefined);
  test.each(byRoutes.map((operation) => [operation.id, operation] as const))(
    "%s answers whatever it is sent, and is never at fault",
    async (id, operation) => {
      const handler = handlers.get(id);
      if (!handler) throw new Error(`nothing serves ${id}`);
      const seen = new Set<number>();
      const property = fc.asyncProperty(requestsOf(operation), async (sent) => {
        const { status, text } = await answerTo(handler, sent);
        seen.add(status);
        expect(status, text ?? "").toBeLessThan(500);
      });
      await fc.assert(property, {
        seed,
        numRuns: runsEach,
        timeout: answerMs,
        interruptAfterTimeLimit: msEach,
      });
      if ([...seen.keys()].some((status) => status < 300)) reached.add(id);
    },
  );

  test("what was sent was not only refused", () => {
    expect(reached.size).toBeGreaterThan(operations.length / 4);
  });
});
