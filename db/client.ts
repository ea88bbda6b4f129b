// Two clients, on purpose: drizzle changes the parsers of the postgres.js client it wraps, so the hot path has its own.
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "#db/schema.ts";

export type Sql = postgres.Sql;
export type TransactionSql = postgres.TransactionSql;
export type Db = PostgresJsDatabase<typeof schema>;

/** SQLSTATE and friends of an error that the server sent. */
export const PostgresError = postgres.PostgresError;

type Options = {
  /** Connections at most. */
  max?: number;
  /** What `pg_stat_activity` shows. */
  name: string;
};

/**
 * A client for raw SQL. Timestamps come back as text, with their microseconds; columns in snake_case come back in
 * camelCase, keys inside JSON stay as they are.
 */
export function connectSql(url: string, { max = 10, name }: Options): Sql {
  return postgres(url, {
    max,
    connect_timeout: 10,
    connection: { application_name: name, TimeZone: "UTC" },
    transform: { column: { to: postgres.fromCamel, from: postgres.toCamel } },
    types: {
      timestamptz: { to: 1184, from: [1184], serialize: String, parse: isoFromPostgres },
      bigint: { to: 20, from: [20], serialize: String, parse: Number },
    },
    onnotice: () => {},
  });
}

/** A client for drizzle's typed reads. `close` ends its connections. */
export function connectDb(url: string, { max = 10, name }: Options): { db: Db; close: () => Promise<void> } {
  const client = postgres(url, {
    max,
    connect_timeout: 10,
    connection: { application_name: name, TimeZone: "UTC" },
    onnotice: () => {},
  });
  return { db: drizzle(client, { schema }), close: () => client.end({ timeout: 5 }) };
}

/** `2026-01-02 03:04:05.678901+00` as ISO 8601, every digit kept. */
export function isoFromPostgres(text: string): string {
  return text.replace(" ", "T").replace(/\+00(:00)?$/, "Z");
}
