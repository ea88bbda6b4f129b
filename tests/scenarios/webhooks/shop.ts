// A shop with a newsletter: a door for the events of its mails, the example application that handles them, and its tables.
import { readFileSync } from "node:fs";
import type { Sql } from "#db/client.ts";
import { standardWebhooks } from "#tests/scenarios/webhooks/senders.ts";
import { anEngine, createdProvider, type Engine, type Policy } from "#tests/support/engine.ts";
import { aSource, type InboundAnswer, sends } from "#tests/support/inbound-source.ts";
import { aWebServer, type WebServer } from "#tests/support/web-server.ts";
import type { Handler } from "#worker/adapters/handler.ts";
import { type Application, loadApplication } from "#worker/application.ts";

export type Shop = Engine & {
  door: WebServer;
  application: Application;
  /** Tells of an event, as the newsletter's sender would. */
  tells: (event: unknown, id?: string) => Promise<InboundAnswer>;
};

type Given = { workers?: number; policy?: Policy; around?: (handler: Handler) => Handler };

/** @param around stands between the worker and the example's handler. */
export async function aShop({ workers = 1, policy, around = (same) => same }: Given = {}): Promise<Shop> {
  const loaded = await loadApplication({ REDRIVE_APPLICATION: "examples/application.ts" });
  const handler = loaded.handlers["email-events"];
  if (!handler) throw new Error("the example has no handler for the events of mails");
  const application = { ...loaded, handlers: { "email-events": around(handler) } };
  const engine = await anEngine({ workers, application });
  await openShop(engine.sql, policy);
  const door = await aWebServer({ databaseUrl: engine.url });
  return {
    ...engine,
    door,
    application,
    tells: (event, id) => tell(door, event, id),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}

/** The tables that the example says it needs, its provider, and the source that feeds it. */
export async function openShop(sql: Sql, policy: Policy = {}): Promise<void> {
  const text = readFileSync("examples/email-events.ts", "utf8");
  for (const [, table] of text.matchAll(/^\/\/\s+(create table .*);$/gm)) await sql.unsafe(table ?? "");
  await createdProvider(sql, "email-events", { url: "handler:email-events", adapter: "handler", ...policy });
  await aSource(sql, "newsletter", { provider: "email-events", secrets: [standardWebhooks.secret] });
}

export function tell(
  door: WebServer,
  event: unknown,
  id: string = crypto.randomUUID(),
): Promise<InboundAnswer> {
  const body = JSON.stringify(event);
  const { secret } = standardWebhooks;
  return sends(
    door.inbound("newsletter"),
    body,
    standardWebhooks.sign(body, { id, atMs: Date.now(), secret }),
  );
}

/** Does all of it, so many at once. */
export async function atOnce<T>(
  most: number,
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const next = async () => {
    for (const item of left) await act(item);
  };
  await Promise.all(Array.from({ length: most }, next));
}

/** How many events the statistics hold, by kind. */
export async function countedEvents(sql: Sql): Promise<Record<string, number>> {
  const rows = await sql<{ event: string; n: number }[]>`
    select event, sum(events)::int as n from email_statistics group by event`;
  return Object.fromEntries(rows.map(({ event, n }) => [event, n]));
}
