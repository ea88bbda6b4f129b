// Clients that note each statement they send, and the scans of whole tables that those statements would make.
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { type Db, isoFromPostgres, type Sql } from "#db/client.ts";
import * as schema from "#db/schema.ts";
import * as desk from "#db/schema-desk.ts";
import * as inbound from "#db/schema-inbound.ts";

export type Sent = { query: string; params: unknown[] };

/** Both kinds of client; `end` them. */
export function noted(url: string): { sql: Sql; db: Db; sent: Sent[]; end: () => Promise<void> } {
  const sent: Sent[] = [];
  const common = {
    max: 2,
    connection: { TimeZone: "UTC", jit: "off" as const },
    onnotice: () => {},
    debug: (_: number, query: string, params: unknown[]) => sent.push({ query, params }),
  };
  const sql = postgres(url, {
    ...common,
    transform: { column: { to: postgres.fromCamel, from: postgres.toCamel } },
    types: {
      timestamptz: { to: 1184, from: [1184], serialize: String, parse: isoFromPostgres },
      bigint: { to: 20, from: [20], serialize: String, parse: Number },
    },
  }) as Sql;
  const reads = postgres(url, common);
  const db = drizzle(reads, { schema: { ...schema, ...desk, ...inbound } }) as Db;
  return { sql, db, sent, end: async () => void (await Promise.all([sql.end(), reads.end()])) };
}

type Plan = { "Node Type": string; "Relation Name"?: string; Plans?: Plan[] };

/** Statements that would walk through a whole table of ours that is not small, with its name; `analyze` first. */
export async function scansIn(sql: Sql, sent: readonly Sent[]): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'redrive'::regnamespace and reltuples > 1000`;
  const large = new Set(rows.map(({ name }) => name));
  const scans: string[] = [];
  for (const { query, params } of sent.filter(({ query }) => /^\s*\(?\s*(select|with)/i.test(query))) {
    const [row] = await sql.unsafe<{ "QUERY PLAN": { Plan: Plan }[] }[]>(
      `explain (format json) ${query}`,
      params as never,
    );
    const walk = (plan: Plan): void => {
      if (plan["Node Type"] === "Seq Scan" && large.has(plan["Relation Name"] ?? ""))
        scans.push(`${plan["Relation Name"]}: ${query}`);
      for (const inner of plan.Plans ?? []) walk(inner);
    };
    for (const { Plan: plan } of row?.["QUERY PLAN"] ?? []) walk(plan);
  }
  return scans;
}
