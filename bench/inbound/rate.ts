// Webhooks a second with a durable commit, beside a bare Node server that only answers; and how long one takes at half of
// that load. Rounds in turn, so that a machine that slows down slows all of them.
import type { Measured, Order } from "#bench/inbound/generator.ts";
import { aBare, aFront, benchSql, callers, connections, type Serving } from "#bench/inbound/setting.ts";
import type { Figure, Given, Row } from "#bench/row.ts";

const ratioGoal = 0.35;
const p99GoalMs = 50;

export const inboundRate: Row = {
  name: "inbound",
  title: `Webhooks in: signed, stored, ${connections} connections`,
  run: measure,
};

async function measure({ database, quick, say }: Given): Promise<Figure[]> {
  const sql = await benchSql(database.url);
  const bare = await aBare();
  const front = await aFront(database.url);
  await using _bare = bare.child;
  await using _front = front.child;
  try {
    const rounds = quick ? 1 : 5;
    const seconds = quick ? 2 : 5;
    await fastest(bare, 1);
    await fastest(front, quick ? 1 : 3);
    const of: { bare: Loaded; full: Loaded; half: Measured }[] = [];
    for (let round = 1; round <= rounds; round++) {
      const least = await fastest(bare, seconds);
      const full = await fastest(front, seconds);
      const half = await atRate(front, seconds, full.rate / 2);
      of.push({ bare: least, full, half });
      const rates = `bare ${least.rate.toFixed(0)}/s, stored ${full.rate.toFixed(0)}/s`;
      say(`round ${round}: ${rates}, p99 at half of it ${half.p99Ms.toFixed(0)} ms`);
    }
    const [stored] = await sql<{ many: number }[]>`select count(*)::int as many from redrive.queue`;
    say(`${stored?.many} records stored in all`);
    // Of each pair: what slows the machine down for a while slows both.
    const ratio = median(of.map(({ bare, full }) => full.rate / bare.rate));
    const p99 = median(of.map(({ half }) => half.p99Ms));
    return [
      { name: "bare server, answers/s", value: median(of.map(({ bare }) => bare.rate)) },
      { name: "stored and answered/s", value: median(of.map(({ full }) => full.rate)) },
      { name: "stored ÷ bare", value: ratio, goal: `≥ ${ratioGoal}`, holds: ratio >= ratioGoal },
      { name: "bare server's CPU, µs a call", value: median(of.map(({ bare }) => bare.cpuMicros)) },
      { name: "our server's CPU, µs a call", value: median(of.map(({ full }) => full.cpuMicros)) },
      { name: "p99 at full load, ms", value: median(of.map(({ full }) => full.p99Ms)) },
      { name: "p50 at half of it, ms", value: median(of.map(({ half }) => half.p50Ms)) },
      { name: "p99 at half of it, ms", value: p99, goal: `< ${p99GoalMs}`, holds: p99 < p99GoalMs },
      { name: "the same in the slowest round, ms", value: Math.max(...of.map(({ half }) => half.p99Ms)) },
    ];
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** More calls than any server here answers in that time. */
const perSecondMost = 60_000;

type Loaded = Measured & { rate: number; cpuMicros: number };

async function fastest({ child, port }: Serving, seconds: number): Promise<Loaded> {
  await using caller = await callers(port, perSecondMost * seconds);
  const before = await child.ask<number>("cpu");
  const measured = checked(await caller.ask<Measured>({ kind: "closed", seconds } satisfies Order));
  const cpuMicros = ((await child.ask<number>("cpu")) - before) / measured.accepted;
  return { ...measured, rate: measured.accepted / measured.seconds, cpuMicros };
}

async function atRate({ port }: Serving, seconds: number, perSecond: number): Promise<Measured> {
  await using caller = await callers(port, Math.ceil(perSecond * seconds) + 1);
  return checked(await caller.ask<Measured>({ kind: "open", seconds, perSecond } satisfies Order));
}

function checked(measured: Measured): Measured {
  const others = Object.entries(measured.others);
  if (others.length > 0) throw new Error(`not every call was accepted: ${JSON.stringify(measured.others)}`);
  return measured;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
