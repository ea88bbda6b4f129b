// A database of its own for a test file, cloned from the migrated template.
import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import { connectSql, type Db, type Sql } from "#db/client.ts";
import { connectDb } from "#db/drizzle.ts";
import { ProviderPolicy } from "#lib/contract/policy.ts";

const templateName = "redrive_template";

export type TestDatabase = { url: string; sql: Sql; db: Db; [Symbol.asyncDispose]: () => Promise<void> };

/** A fresh database with hot-path and drizzle clients; dispose it in `afterAll`. */
export async function aDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const server = postgres(inject("serverUrl"), { max: 1, onnotice: () => {} });
  await server.unsafe(`create database ${name} template ${templateName}`);
  const url = new URL(`/${name}`, inject("serverUrl")).href;
  const sql = connectSql(url, { name: "test" });
  const { db, close } = connectDb(url, { name: "test reads" });
  return {
    url,
    sql,
    db,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([sql.end({ timeout: 5 }), close()]);
      await server.unsafe(`drop database if exists ${name} with (force)`);
      await server.end({ timeout: 5 });
    },
  };
}

/** A provider with the defaults, but for what is given; stored at once. */
export async function aProvider(
  sql: Sql,
  slug: string,
  policy: Partial<ProviderPolicy> = {},
): Promise<ProviderPolicy> {
  const whole = ProviderPolicy.parse({
    name: slug.toUpperCase(),
    url: `http://127.0.0.1:9/${slug}`,
    ...policy,
  });
  await sql`insert into redrive.providers (slug, policy, updated_by) values (${slug}, ${sql.json(whole)}, 'test')`;
  return whole;
}
