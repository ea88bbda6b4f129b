// What a drain writes, for tests that write it themselves.
import type { Settled, Settlement } from "#db/writes/settle.ts";

const attempt = {
  called: true,
  orderingKey: null,
  dedupeKey: null,
  attempts: 0,
  tries: 1,
  durationMs: 5,
  status: null,
  detail: null,
  dueInMs: null,
  failure: null,
  continuation: null,
};

/** One attempt's result, by how it ended. */
export const aResult = {
  delivered: (id: string, more: Partial<Settled> = {}): Settled => ({
    ...attempt,
    id,
    kind: "delivered",
    outcome: "delivered",
    status: 200,
    atMs: Date.now(),
    ...more,
  }),
  retrying: (id: string, more: Partial<Settled> = {}): Settled => ({
    ...attempt,
    id,
    kind: "attempted",
    outcome: "unavailable",
    dueInMs: 1_000,
    atMs: Date.now(),
    ...more,
  }),
  failed: (id: string, more: Partial<Settled> = {}): Settled => ({
    ...attempt,
    id,
    kind: "failed",
    outcome: "unavailable",
    failure: { category: "technical", team: "technical", fingerprint: "f", message: "m" },
    atMs: Date.now(),
    ...more,
  }),
};

/** A gate that holds nothing and remembers nothing. */
export const anOpenGate = {
  gate: null,
  gateHold: null,
  gateUntilMs: null,
  gateReason: null,
  insertWakes: false,
};

/** A whole settlement by an owner, with nothing else in it. */
export const aSettlement = (
  provider: string,
  owner: string,
  epoch: number,
  settled: Settled[],
): Settlement => ({
  provider,
  owner,
  epoch,
  settled,
  journal: [],
  deadlineMs: 1_000,
  probeTaken: false,
  changes: [],
  columns: {
    control: {},
    batchSize: 1,
    breaker: "closed",
    breakerReason: null,
    breakerSinceMs: null,
    nextProbeAtMs: null,
    nextHealthAtMs: null,
    ...anOpenGate,
  },
});
