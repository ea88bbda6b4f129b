// The client of typed reads.
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { type ConnectOptions, type Db, session } from "#db/client.ts";
import * as schema from "#db/schema.ts";
import * as desk from "#db/schema-desk.ts";
import * as inbound from "#db/schema-inbound.ts";

/** A client for drizzle's typed reads. `close` ends its connections. */
export function connectDb(
  url: string,
  { max = 10, name }: ConnectOptions,
): { db: Db; close: () => Promise<void> } {
  const client = postgres(url, {
    max,
    connect_timeout: 10,
    connection: { application_name: name, ...session },
    onnotice: () => {},
  });
  return {
    db: drizzle(client, { schema: { ...schema, ...desk, ...inbound } }),
    close: () => client.end({ timeout: 5 }),
  };
}
