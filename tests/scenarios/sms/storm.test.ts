// B8, D6: ten thousand failures within a minute are three messages, told at once and kept up to date at a pace; who is well
// delivers as before.
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { PatchKnobs } from "#lib/contract/simulator.ts";
import { evaluateEveryMs } from "#lib/core/alerts.ts";
import type { ProviderHandle } from "#simulator/server.ts";
import { ada, aScene, quick, type Scene } from "#tests/scenarios/scene.ts";
import { createdProvider, eventually, stateOf } from "#tests/support/engine.ts";
import { aSlackDouble, type SlackDouble } from "#tests/support/slack-double.ts";
import { BadPayload, defineAdapter } from "#worker/adapters/adapter.ts";

let scene: Scene;
let slack: SlackDouble;

/** Refuses each record before anything is sent: nothing but this machine holds such a storm back. */
const refusing = defineAdapter({
  options: z.strictObject({}),
  create: () => ({
    kind: "http",
    build: ({ payload }) => {
      throw new BadPayload(z.object({ why: z.string() }).parse(JSON.parse(payload)).why);
    },
  }),
});
const troubles = ["the number is not known", "the text is too long", "the sender is not registered"];

beforeAll(async () => {
  slack = await aSlackDouble();
  scene = await aScene({ workers: 2, application: { adapters: { refusing } } });
  await createdProvider(scene.sql, "slack", {
    url: slack.url,
    adapter: "slack",
    auth: { kind: "header", name: "Authorization", value: `Bearer ${slack.token}` },
  });
  await scene.sql`
    insert into redrive.channels (slug, name, kind, provider, address, updated_by)
    values ('sms', 'SMS', 'slack', 'slack', 'C0000001', ${ada.actor})`;
  await scene.sql`insert into redrive.routes (subject, channel) values ('failures', 'sms')`;
});
afterAll(async () => {
  await scene[Symbol.asyncDispose]();
  await slack[Symbol.asyncDispose]();
});

/** A healthy provider's pace is its latency, not this machine: two at once, 400 ms each, are five a second. */
const atOnce = 2;
const well: PatchKnobs = { latency: { distribution: "fixed", medianMs: 400 } };
const windowMs = 4_000;
const storms = 3;
const records = 10_000;

test("10,000 failures in three groups are three messages and updates at their pace, and slow no deliveries", async () => {
  const { sql } = scene;
  await scene.provider("sms", { ...quick, adapter: "refusing", batchSizeMax: 25 });
  const bystanders = Array.from({ length: 20 }, (_, nth) => `well-${nth}`);
  const handles: ProviderHandle[] = [];
  for (const slug of bystanders) {
    handles.push(await scene.provider(slug, { ...quick, batchSizeMax: atOnce }, well));
    await sql`insert into redrive.outbox (provider, payload) select ${slug}, '{}' from generate_series(1, 1000)`;
  }
  await eventually(async () => {
    for (const slug of bystanders) expect((await stateOf(sql, slug)).batchSize).toBe(atOnce);
  }, 60_000);

  const rates = { alone: [] as number[], beside: [] as number[] };
  const told: number[] = [];
  for (let storm = 1; storm <= storms; storm += 1) {
    rates.alone.push(await rate(handles));
    const startedMs = Date.now();
    await enqueueStorm();
    rates.beside.push(await rate(handles));
    await eventually(async () => {
      const [failed] = await sql`select sum(records)::int as n from redrive.failure_groups`;
      expect(failed?.n).toBe(storm * records);
    }, 60_000);
    expect(Date.now() - startedMs, "a storm of less than a minute").toBeLessThan(60_000);
    if (storm === 1) {
      await eventually(() => expect(slack.messages).toHaveLength(troubles.length));
      told.push(...slack.messages.map(({ versions }) => (versions[0]?.atMs ?? 0) - startedMs));
      await eventually(async () => expect(await growing()).toHaveLength(troubles.length));
      const latestMs = Math.max(...(await growing()).map(({ openedMs }) => openedMs)) - startedMs;
      // One evaluation, and what it takes until there are fifty of each.
      expect(latestMs, "from the first insert to the alerts, ms").toBeLessThan(evaluateEveryMs + 5_000);
    }
  }
  // Each message ends by saying all of it.
  await eventually(() => {
    const counted = slack.messages.map(
      ({ blocks }) => /of ([\d,]+)"/.exec(JSON.stringify(blocks))?.[1] ?? "",
    );
    const sum = counted.reduce((total, text) => total + Number(text.replaceAll(",", "")), 0);
    expect(sum).toBe(storms * records);
  }, 30_000);

  expect(slack.messages).toHaveLength(troubles.length);
  expect(Math.max(...told), "from the first insert to Slack, ms").toBeLessThan(10_000);
  for (const { versions } of slack.messages) {
    for (const [index, { atMs }] of versions.entries()) {
      const before = versions[index - 1];
      if (before) expect(atMs - before.atMs, "ms between two updates").toBeGreaterThan(9_000);
    }
  }
  expect(slack.calls.every(({ answered }) => answered === "ok")).toBe(true);
  const [alone, beside] = [median(rates.alone), median(rates.beside)];
  expect(beside / alone, `${alone} records/s alone, ${beside} beside the storm`).toBeGreaterThan(0.95);
}, 240_000);

/** The alerts about groups that grow. */
const growing = () => scene.sql<{ openedMs: number }[]>`
  select extract(epoch from opened_at)::float8 * 1000 as opened_ms from redrive.alerts where rule = 'failures-growing'`;

async function enqueueStorm(): Promise<void> {
  await scene.sql`
    insert into redrive.outbox (provider, payload)
    select 'sms', jsonb_build_object('why', (${troubles}::text[])[1 + n % ${troubles.length}::int])
    from generate_series(1, ${records}::int) as n`;
}

/** Records a second that arrive at these providers, over one window. */
async function rate(handles: ProviderHandle[]): Promise<number> {
  const accepted = () => handles.reduce((sum, handle) => sum + handle.counts().accepted, 0);
  const [before, startedMs] = [accepted(), performance.now()];
  await eventually(() => expect(performance.now() - startedMs).toBeGreaterThan(windowMs));
  return ((accepted() - before) * 1_000) / (performance.now() - startedMs);
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}
