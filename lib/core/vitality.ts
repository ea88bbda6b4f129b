// Whether a worker process is still of use, or does better to die and be replaced by its supervisor.
//
//   heartbeat late ──▶ the database answers others    ──▶ die after 30 s: it is we who can't write
//                  └─▶ the database is away           ──▶ die after 60 s of silence: a new process could do no better
//   a drain that could work and does nothing for 120 s ──▶ die
//   the event loop silent for 20 s                     ──▶ killed by the guard thread, for the loop can't end itself
//
// Times are milliseconds of a clock that only goes forward.

/** What one drain tells of itself. */
export type DrainVitals = {
  provider: string;
  /** When it last started a request, settled one, or renewed its lease. */
  progressAtMs: number;
  /** It has due records, room for another request, and nothing holds it; or it is late with its lease. */
  hasWork: boolean;
};

/** What connections of the watchdog's own found out. */
export type DatabaseSeen = {
  reachable: boolean;
  /** Since when it is so. */
  sinceMs: number;
  /** When it last answered anyone in this process. */
  answeredAtMs: number;
};

export type Observations = {
  /** Since when this process runs: it started then, or woke from a sleep. No wait counts from before. */
  awakeSinceMs: number;
  heartbeatAtMs: number;
  database: DatabaseSeen;
  drains: readonly DrainVitals[];
};

export type Limits = {
  /** The database answers a fresh connection, and yet no heartbeat could be written. */
  heartbeatMs: number;
  /** The database is away: refused, starting up, shutting down, or cut off. */
  databaseAwayMs: number;
  drainMs: number;
};

export const limits: Limits = {
  // Six missed heartbeats: readiness has stopped counting us by then. And ten times as long as our connections rest
  // between two attempts, so whoever is still silent so long after the database came back is stuck.
  heartbeatMs: 30_000,
  // A restart or a failover of a database takes under a minute, and a new process could not start meanwhile.
  databaseAwayMs: 60_000,
  // A drain renews its lease twice a second, whatever its requests take. So this is longer than an absence of the
  // database that is survived and the half minute after it: those are never mistaken for a stuck drain.
  drainMs: 120_000,
};

/** How long the event loop may be silent. Longer than a lease (15 s): by then its providers have gone to others anyway. */
export const loopSilentMs = 20_000;

export type Verdict = { verdict: "well" } | { verdict: "die"; why: string };

const well: Verdict = { verdict: "well" };

export function judge(seen: Observations, nowMs: number, given: Limits = limits): Verdict {
  /** How long it has been so, as far as we were awake to see it. */
  const since = (...momentsMs: number[]) => nowMs - Math.max(seen.awakeSinceMs, ...momentsMs);
  return heartbeatVerdict(seen, since, given) ?? drainVerdict(seen, since, given) ?? well;
}

type Since = (...momentsMs: number[]) => number;

function heartbeatVerdict({ heartbeatAtMs, database }: Observations, since: Since, given: Limits) {
  const { heartbeatMs, databaseAwayMs } = given;
  const silentMs = since(heartbeatAtMs);
  if (silentMs < heartbeatMs) return null;
  // However the database comes and goes: both patiences together are the most that anyone gets.
  if (silentMs >= heartbeatMs + databaseAwayMs)
    return die(`no heartbeat was written for ${seconds(silentMs)}`);
  if (!database.reachable) {
    const awayMs = since(database.answeredAtMs);
    return awayMs < databaseAwayMs ? null : die(`the database has not answered for ${seconds(awayMs)}`);
  }
  // A database that came back a moment ago: our own connections get their time to come back as well.
  if (since(heartbeatAtMs, database.sinceMs) < heartbeatMs) return null;
  return die(`no heartbeat was written for ${seconds(silentMs)}, though the database answers`);
}

function drainVerdict({ drains }: Observations, since: Since, { drainMs }: Limits): Verdict | null {
  const stuck = drains.find(({ hasWork, progressAtMs }) => hasWork && since(progressAtMs) >= drainMs);
  if (!stuck) return null;
  const { provider, progressAtMs } = stuck;
  return die(`the drain of ${provider} has work and has done nothing for ${seconds(since(progressAtMs))}`);
}

const die = (why: string): Verdict => ({ verdict: "die", why });
const seconds = (ms: number): string => `${Math.floor(ms / 1000)} s`;

/** What a fresh connection, or a heartbeat, has just found. */
export const sawDatabase = (before: DatabaseSeen, reachable: boolean, nowMs: number): DatabaseSeen => ({
  reachable,
  sinceMs: before.reachable === reachable ? before.sinceMs : nowMs,
  answeredAtMs: reachable ? nowMs : before.answeredAtMs,
});

/** What a turn of the guard thread found. */
export type LoopSeen = {
  /** How long the event loop has been silent. */
  silentMs: number;
  /** How late the guard's own turn came. */
  guardLateMs: number;
};

/** `slept`: the guard itself did not run for half of the limit either, so the silence proves nothing. */
export function judgeLoop(
  { silentMs, guardLateMs }: LoopSeen,
  limitMs: number = loopSilentMs,
): "well" | "slept" | "stalled" {
  if (silentMs < limitMs) return "well";
  return guardLateMs >= limitMs / 2 ? "slept" : "stalled";
}
