// A burst with no worker alive and the database restarted in its midst: callers get a 503 and repeat, and every call is a
// record at the end, once. Counted on both sides.
import { setTimeout as delay } from "node:timers/promises";
import { benchProvider } from "#bench/inbound/calls.ts";
import type { Measured, Order } from "#bench/inbound/generator.ts";
import { aFront, benchSql, callers } from "#bench/inbound/setting.ts";
import type { Figure, Given, Row } from "#bench/row.ts";

export const inboundBurst: Row = {
  name: "inbound-burst",
  title: "Webhooks in: a burst, no worker, the database restarted in the middle",
  run: measure,
};

async function measure({ database, quick, say }: Given): Promise<Figure[]> {
  const calls = quick ? 20_000 : 200_000;
  const before = await count(database.url);
  const front = await aFront(database.url);
  await using _front = front.child;
  await using caller = await callers(front.port, calls);
  const bursting = caller.ask<Measured>({ kind: "burst", restMs: 100 } satisfies Order);
  let isOver = false;
  const ended = () => {
    isOver = true;
  };
  bursting.then(ended, ended);
  for (const share of [0.3, 0.6]) {
    while (!isOver && (await count(database.url)) - before < calls * share) await delay(100);
    if (isOver) break;
    say(`${share * 100} % are stored: the database is killed`);
    await database.kill();
    await delay(1_000);
    await database.start();
  }
  const measured = await bursting;
  const stored = (await count(database.url)) - before;
  const refused = Object.entries(measured.others).map(([status, many]) => `${many} × ${status}`);
  say(
    `${measured.accepted} accepted in ${measured.seconds.toFixed(1)} s, beside ${refused.join(", ") || "nothing else"}`,
  );
  const lost = calls - stored;
  return [
    { name: "calls", value: calls },
    { name: "answered 202", value: measured.accepted, goal: `${calls}`, holds: measured.accepted === calls },
    { name: "records", value: stored, goal: `${calls}`, holds: stored === calls },
    { name: "lost", value: Math.max(0, lost), goal: "0", holds: lost <= 0 },
    { name: "told to come again", value: measured.others[503] ?? 0 },
    { name: "seconds, both restarts included", value: measured.seconds },
  ];
}

async function count(url: string): Promise<number> {
  const sql = await benchSql(url);
  try {
    const [row] = await sql<{ many: number }[]>`
      select count(*)::int as many from redrive.outbox where provider = ${benchProvider}`;
    return row?.many ?? 0;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
