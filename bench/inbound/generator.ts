// The callers, a process of their own: as fast as they are answered, at a given rate, or until all calls are taken.
import { setTimeout as delay } from "node:timers/promises";
import { answerParent } from "#bench/child.ts";
import { type SignedCalls, signedCalls } from "#bench/inbound/calls.ts";
import { aConnection, type Connection } from "#bench/inbound/connection.ts";

export type Order =
  | { kind: "prepare"; port: number; calls: number; connections: number }
  /** Each connection sends its next call when the last was answered. */
  | { kind: "closed"; seconds: number }
  /** So many a second, whatever is answered; late is late from when it should have gone. */
  | { kind: "open"; seconds: number; perSecond: number }
  /** Each call until it is answered 202; `restMs` after an answer that says to come again. */
  | { kind: "burst"; restMs: number };

export type Measured = {
  accepted: number;
  /** Answers that were not 202, by their status; 0: the connection broke. */
  others: Record<string, number>;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
};

let connections: Connection[] = [];
let calls: SignedCalls = signedCalls(0);
let next = 0;

answerParent(async (order: Order) => {
  if (order.kind === "prepare") {
    for (const connection of connections) connection.close();
    connections = Array.from({ length: order.connections }, () => aConnection(order.port));
    calls = signedCalls(order.calls);
    next = 0;
    return { ready: true };
  }
  if (order.kind === "closed") return closed(order.seconds);
  if (order.kind === "open") return open(order.seconds, order.perSecond);
  return burst(order.restMs);
});

function tally() {
  const latencies: number[] = [];
  const others: Record<string, number> = {};
  const startedAt = performance.now();
  return {
    count(status: number, sinceMs: number) {
      if (status === 202) latencies.push(performance.now() - sinceMs);
      else others[status] = (others[status] ?? 0) + 1;
    },
    measured(): Measured {
      const seconds = (performance.now() - startedAt) / 1_000;
      const sorted = Float64Array.from(latencies).sort();
      const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
      return { accepted: sorted.length, others, seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
    },
  };
}

function take(): string {
  if (next === calls.count) throw new Error(`only ${calls.count} calls were prepared`);
  return calls.text(next++);
}

async function closed(seconds: number): Promise<Measured> {
  const figures = tally();
  const until = performance.now() + seconds * 1_000;
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((done) => {
          const go = () => {
            const sentAt = performance.now();
            if (sentAt >= until) return done();
            connection.send(take(), ({ status }) => {
              figures.count(status, sentAt);
              go();
            });
          };
          go();
        }),
    ),
  );
  return figures.measured();
}

async function open(seconds: number, perSecond: number): Promise<Measured> {
  const figures = tally();
  const idle = [...connections];
  const startedAt = performance.now();
  const total = Math.floor(seconds * perSecond);
  let sent = 0;
  let answered = 0;
  const all = Promise.withResolvers<void>();
  const send = () => {
    const now = performance.now();
    while (sent < total) {
      const dueAt = startedAt + (sent * 1_000) / perSecond;
      const connection = dueAt <= now ? idle.pop() : undefined;
      if (!connection) return;
      sent++;
      connection.send(take(), ({ status }) => {
        figures.count(status, dueAt);
        idle.push(connection);
        if (++answered === total) all.resolve();
      });
    }
  };
  const timer = setInterval(send, 1);
  await all.promise;
  clearInterval(timer);
  return figures.measured();
}

async function burst(restMs: number): Promise<Measured> {
  const figures = tally();
  const one = (connection: Connection, call: string) =>
    new Promise<number>((done) => connection.send(call, ({ status }) => done(status)));
  await Promise.all(
    connections.map(async (connection) => {
      while (next < calls.count) {
        const call = take();
        const firstAt = performance.now();
        for (;;) {
          const status = await one(connection, call);
          figures.count(status, firstAt);
          if (status === 202) break;
          await delay(restMs);
        }
      }
    }),
  );
  return figures.measured();
}
