// The API for tests: a database of its own, people of every role, and handlers called with real requests.
import { createHash } from "node:crypto";
import { encode } from "next-auth/jwt";
import { createUser } from "#db/writes/create-user.ts";
import type { Operation } from "#lib/contract/operation.ts";
import type { Role } from "#lib/core/access.ts";
import { closeDeps } from "#lib/server/deps.ts";
import { holdToContract } from "#tests/support/contract.ts";
import { aDatabase, type TestDatabase } from "#tests/support/database.ts";

export const origin = "http://localhost:3000";
export const bootstrapKey = "test-bootstrap-key-0123456789";
const nextAuthSecret = "nextauth-secret-of-the-tests-0123456789";

type Handler = ((
  request: Request,
  context: { params: Promise<Record<string, string | string[] | undefined>> },
) => Promise<Response>) & { operation?: Operation };

export type Person = { id: string; email: string; name: string; headers: Record<string, string> };

type Call = {
  /** Who calls: a person by session, a key, or nobody. */
  as?: Person | { key: string } | null;
  method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path?: string;
  params?: Record<string, string>;
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
};

/** What came back, as far as tests look into it; which of it is there depends on the handler. */
type Body = {
  [name: string]: unknown;
  id: string;
  slug: string;
  kind: string;
  status: string | number;
  attempts: number;
  dueAt: string;
  failedAt: string;
  state: Record<string, unknown>;
  version: number;
  items: Body[];
  events: Body[];
  errors: { field: string; message: string }[];
  detail: string;
  by: string;
  at: string;
  next: string | null;
};

export type Answer = {
  status: number;
  body: Body;
  text: string;
  headers: Headers;
};

/** Calls a handler as Next would, and holds its answer against the API's description. */
export async function call(
  handler: Handler,
  { as = null, params = {}, ...rest }: Call = {},
): Promise<Answer> {
  const { body, path = "/api/v1/test", method = body === undefined ? "GET" : "POST" } = rest;
  const identity = as === null ? {} : "key" in as ? { authorization: `Bearer ${as.key}` } : as.headers;
  const response = await handler(
    new Request(`${origin}${path}`, {
      method,
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
      headers: {
        ...identity,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...rest.headers,
      },
    }),
    { params: Promise.resolve(params) },
  );
  const text = await response.text();
  holdToContract(handler, response, text, body);
  const isJson = response.headers.get("content-type")?.includes("json");
  return { status: response.status, body: isJson ? JSON.parse(text) : null, text, headers: response.headers };
}

export type Api = TestDatabase & { person: (role: Role, name?: string) => Promise<Person>; admin: Person };

/** Dispose it in `afterAll`. */
export async function anApi(env: Record<string, string> = {}): Promise<Api> {
  const base = await aDatabase();
  Object.assign(process.env, {
    DATABASE_URL: base.url,
    REDRIVE_API_KEY: bootstrapKey,
    REDRIVE_SECRET: "redrive-secret-of-the-tests-0123456789ab",
    NEXTAUTH_SECRET: nextAuthSecret,
    NEXTAUTH_URL: origin,
    LOG_LEVEL: process.env.LOG_LEVEL ?? "fatal",
    ...env,
  });
  const person = async (role: Role, name: string = role): Promise<Person> => {
    const email = `${name.toLowerCase().replace(/\W/g, "-")}@example.org`;
    const id = await createUser(base.sql, { email, name, role, passwordHash: "none" });
    return { id, email, name, headers: { cookie: await sessionCookie(id), origin } };
  };
  const admin = await person("admin", "Ada");
  return {
    ...base,
    person,
    admin,
    [Symbol.asyncDispose]: async () => {
      await closeDeps();
      await base[Symbol.asyncDispose]();
    },
  };
}

export async function sessionCookie(sub: string, sessionVersion = 1): Promise<string> {
  const token = await encode({ token: { sub, sessionVersion }, secret: nextAuthSecret });
  return `next-auth.session-token=${token}`;
}

type Key = { name?: string; scopes: string[]; expiresAt?: string; revokedAt?: string };

/** An API key with scopes, stored. */
export async function aKey(
  { sql }: Api,
  { name = "robot", scopes, expiresAt, revokedAt }: Key,
): Promise<{ key: string }> {
  const key = crypto.randomUUID();
  await sql`
    insert into redrive.api_keys (name, key_hash, scopes, expires_at, revoked_at)
    values (
      ${name}, ${createHash("sha256").update(key).digest("hex")}, ${scopes}, ${expiresAt ?? null}, ${revokedAt ?? null}
    )`;
  return { key };
}

type Failed = {
  provider?: string;
  category?: "technical" | "client_data" | "poison";
  failedAt?: string;
  message?: string;
  subject?: string;
  owner?: string;
  tries?: number;
  onRejected?: string;
};

export const aRecord = {
  waiting: async ({ sql }: TestDatabase, provider = "ats", payload = "{}"): Promise<string> => {
    const [row] = await sql<
      { id: string }[]
    >`select redrive.enqueue(${provider}, ${payload}::text::jsonb) as id`;
    return row?.id ?? "";
  },

  delivered: async (base: TestDatabase, provider = "ats", payload = "{}"): Promise<string> => {
    const id = await aRecord.waiting(base, provider, payload);
    await base.sql`delete from redrive.queue where record_id = ${id}`;
    await base.sql`
      insert into redrive.events (record_id, at, kind, attempt, outcome, status, duration_ms)
      values (${id}, clock_timestamp(), 'delivered', 1, 'delivered', 200, 12)`;
    return id;
  },

  failed: async ({ sql }: TestDatabase, given: Failed = {}): Promise<string> => {
    const {
      provider = "ats",
      category = "technical",
      message = "503 Service Unavailable",
      tries = 5,
    } = given;
    const team = category === "client_data" ? "client_data" : "technical";
    const [row] = await sql<{ id: string }[]>`
      select redrive.enqueue(
        ${provider}, '{"candidate": {"name": "Grace", "age": 37}}', subject => ${given.subject ?? null},
        owner => ${given.owner ?? null}, on_rejected => ${given.onRejected ?? null}
      ) as id`;
    const id = row?.id ?? "";
    await sql`delete from redrive.queue where record_id = ${id}`;
    await sql`
      insert into redrive.failures
        (record_id, provider, category, team, fingerprint, outcome, status_code, message, attempts, tries, failed_at)
      values (
        ${id}, ${provider}, ${category}, ${team}, 'f', 'unavailable', 503, ${message}, 3, ${tries},
        coalesce(${given.failedAt ?? null}::timestamptz, clock_timestamp())
      )`;
    await sql`
      insert into redrive.events (record_id, at, kind, attempt, outcome, status, duration_ms, detail)
      values (
        ${id}, clock_timestamp(), 'failed', ${tries}, 'unavailable', 503, 40,
        ${sql.json({ error: message, body: "sorry, Grace" })}
      )`;
    return id;
  },
};
