// The hot path's client. Drizzle's is apart (drizzle.ts): it changes the parsers of the postgres.js client that it wraps, and
// takes a second to load, which a worker need not.
import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import type * as schema from "#db/schema.ts";
import type * as desk from "#db/schema-desk.ts";
import type * as inbound from "#db/schema-inbound.ts";

export type Sql = postgres.Sql;
export type TransactionSql = postgres.TransactionSql;
export type Db = PostgresJsDatabase<typeof schema & typeof desk & typeof inbound>;

/** SQLSTATE and friends of an error that the server sent. */
export const PostgresError = postgres.PostgresError;

/**
 * What every session of ours starts with. No JIT: our statements are many and short, and where the planner guesses high,
 * compiling one takes seconds. Settlements then outlast their lease, and a drain delivers nothing at all.
 */
export const session = { TimeZone: "UTC", jit: "off" };

export type ConnectOptions = {
  /** Connections at most. */
  max?: number;
  /** A connection that nobody used for so long is closed, seconds; left out, none is. */
  idleSeconds?: number;
  /** What `pg_stat_activity` shows. */
  name: string;
  /** After so long the server gives a statement up; without it, never. */
  statementMs?: number;
};

/**
 * A client for raw SQL. Timestamps come back as text, with their microseconds; columns in snake_case come back in
 * camelCase, keys inside JSON stay as they are.
 */
export function connectSql(url: string, { max = 10, idleSeconds, name, statementMs }: ConnectOptions): Sql {
  return postgres(url, {
    max,
    idle_timeout: idleSeconds,
    connect_timeout: 10,
    backoff: restBetweenAttempts,
    connection: {
      application_name: name,
      ...(statementMs !== undefined && { statement_timeout: statementMs }),
      ...session,
    },
    transform: { column: { to: postgres.fromCamel, from: postgres.toCamel } },
    types: {
      timestamptz: { to: 1184, from: [1184], serialize: String, parse: isoFromPostgres },
      bigint: { to: 20, from: [20], serialize: String, parse: Number },
    },
    onnotice: () => {},
  });
}

/**
 * Seconds before the next attempt to connect, 2 at most: a database that restarts is back at work with us soon after, where
 * the usual 20 would cost a worker its leases.
 */
const restBetweenAttempts = (attempts: number): number =>
  (0.5 + Math.random() / 2) * Math.min(3 ** attempts / 100, 2);

/** `2026-01-02 03:04:05.678901+00` as ISO 8601, every digit kept. */
export function isoFromPostgres(text: string): string {
  return text.replace(" ", "T").replace(/\+00(:00)?$/, "Z");
}
