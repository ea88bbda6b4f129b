// What must be true for Redrive to work, and how bad it is where it isn't: from figures to a sentence and its mend. The
// same list stops a start, is printed by the doctor, and answers readiness probes.

export const checkLevels = ["ok", "warn", "fail"] as const;
export type CheckLevel = (typeof checkLevels)[number];

export type Check = {
  name: string;
  level: CheckLevel;
  /** One sentence. */
  says: string;
  /** One sentence that begins with a verb; null when all is well. */
  mend: string | null;
};

export const isWell = (name: string, says: string): Check => ({ name, level: "ok", says, mend: null });
export const warns = (name: string, says: string, mend: string): Check => ({
  name,
  level: "warn",
  says,
  mend,
});
export const fails = (name: string, says: string, mend: string): Check => ({
  name,
  level: "fail",
  says,
  mend,
});

/** What is wrong and its mend, as one sentence. */
export const sentenceOf = ({ says, mend }: Pick<Check, "says" | "mend">): string =>
  mend === null ? says : `${says.replace(/\.$/, "")}: ${mend.charAt(0).toLowerCase()}${mend.slice(1)}`;

/** Figures of a database, read in one go. */
export type DatabaseState = {
  version: { number: number; words: string };
  /** When the newest applied migration was made, ms; null when there is none. And which this code expects. */
  migration: { newest: number | null; expected: number };
  /** The newest migration of the job runner's schema, the newest that older code can't work with, and what we expect. */
  jobs: { newest: number | null; newestBreaking: number | null; expected: number };
  /** Partitions of outbox and events that are missing, like outbox_20261121; and those of tomorrow. */
  missing: { today: string[]; tomorrow: string[] };
};

export function checkVersion({ number, words }: DatabaseState["version"]): Check {
  const name = "version";
  if (number >= 150_000) return isWell(name, `It is PostgreSQL ${words}.`);
  return fails(name, `PostgreSQL ${words} is too old.`, "Move to PostgreSQL 15 or newer.");
}

export function checkMigrations({ newest, expected }: DatabaseState["migration"]): Check {
  const name = "migrations";
  if (newest === expected) return isWell(name, "The database is at this code's state.");
  if (newest !== null && newest > expected) {
    return fails(
      name,
      "The database is newer than this code, for a later version of Redrive migrated it.",
      "Start that version, or restore a backup from before.",
    );
  }
  return fails(name, "The database is not migrated.", "Run npm run migrate first.");
}

export function checkJobs({ newest, newestBreaking, expected }: DatabaseState["jobs"]): Check {
  const name = "job runner";
  if (newestBreaking !== null && newestBreaking > expected) {
    return fails(
      name,
      "The job runner's tables are newer than this code.",
      "Start the version that migrated them, or restore a backup from before.",
    );
  }
  if (newest !== null && newest >= expected) return isWell(name, `Its tables are at revision ${newest}.`);
  return fails(name, "The job runner's tables are not migrated.", "Run npm run migrate first.");
}

/** A missing partition loses nothing: rows wait in the default one. But it means that nobody has made any for two weeks. */
export function checkPartitions({ today, tomorrow }: DatabaseState["missing"]): Check {
  const name = "partitions";
  const missing = [...today, ...tomorrow];
  if (missing.length === 0) return isWell(name, "Those of today and tomorrow are there.");
  return warns(
    name,
    `Partitions are missing (${missing.join(", ")}), and records wait in the default one.`,
    "Run npm run migrate, and see in a worker's log why its upkeep fails.",
  );
}

/** One look at the database's clock: ours before and after, and what it said, ms. */
export type ClockSample = { sentMs: number; saidMs: number; receivedMs: number };

export const skewLimits = {
  // A machine whose time service works is right to milliseconds.
  warnMs: 5_000,
  // Due times, windows and the times in signatures follow the database's clock, sessions and certificates this host's. A
  // minute apart, one of the two is wrong enough for windows to open at the wrong time, and for a receiver that allows
  // five minutes to refuse us soon, which nobody could explain.
  failMs: 60_000,
};

/** The database's clock against ours, ms, by the sample whose way was shortest: it is wrong by half of the way at most. */
export function skewOf(samples: readonly ClockSample[]): number | null {
  const [best] = samples.toSorted(
    (one, other) => one.receivedMs - one.sentMs - (other.receivedMs - other.sentMs),
  );
  return best ? Math.round(best.saidMs - (best.sentMs + best.receivedMs) / 2) : null;
}

export function checkClock(samples: readonly ClockSample[]): Check {
  const name = "clock";
  const skewMs = skewOf(samples) ?? 0;
  const apartMs = Math.abs(skewMs);
  const says = `The database's clock is ${roughly(apartMs)} ${skewMs < 0 ? "behind" : "ahead of"} this host's.`;
  const mend = "Run a time service (NTP) on both, and see which of them is wrong.";
  if (apartMs >= skewLimits.failMs) return fails(name, says, mend);
  if (apartMs >= skewLimits.warnMs) return warns(name, says, mend);
  return isWell(name, `The database and this host are ${apartMs} ms apart.`);
}

export type SecretsSeen = {
  /** Whether REDRIVE_SECRET is set. */
  isGiven: boolean;
  /** Providers with stored secrets, and those of them that can't be opened. */
  sealed: string[];
  unopened: string[];
};

/** A provider whose secret can't be opened is held alone; only where that is all of them, the secret is the wrong one. */
export function checkSecrets({ isGiven, sealed, unopened }: SecretsSeen): Check {
  const name = "secrets";
  if (sealed.length === 0) return isWell(name, "No provider has a stored secret.");
  if (unopened.length === 0) {
    return isWell(name, `REDRIVE_SECRET opens the stored secrets of ${providersOf(sealed)}.`);
  }
  if (!isGiven) {
    return fails(
      name,
      `REDRIVE_SECRET is not set, and ${providersOf(sealed)} can't be called without it.`,
      "Set it to what the dashboard has.",
    );
  }
  if (unopened.length === sealed.length) {
    return fails(
      name,
      `REDRIVE_SECRET opens no stored secret (${named(sealed)}).`,
      "Set it to what the dashboard has, and what it was before in REDRIVE_SECRET_PREVIOUS.",
    );
  }
  return warns(
    name,
    `REDRIVE_SECRET does not open the stored secrets of ${named(unopened)}, and nothing is sent there.`,
    "Name the secret that they were sealed under in REDRIVE_SECRET_PREVIOUS, or save these providers' secrets anew.",
  );
}

export type WorkerSeen = { id: string; silentMs: number };

/** Six missed heartbeats. */
export const workerSilentMs = 30_000;

/** Readiness needs one worker alive; beside it, the silent ones are told. */
export function checkWorkers(workers: readonly WorkerSeen[]): Check {
  const name = "workers";
  const alive = workers.filter(({ silentMs }) => silentMs < workerSilentMs);
  const silent = workers.filter(({ silentMs }) => silentMs >= workerSilentMs);
  if (alive.length === 0) {
    return fails(
      name,
      `For ${roughly(workerSilentMs)} no worker has said that it lives.`,
      "Start one with npm run worker.",
    );
  }
  const latest = Math.min(...alive.map(({ silentMs }) => silentMs));
  const says = `${alive.length === 1 ? "One worker lives" : `${alive.length} workers live`}, heard ${roughly(latest)} ago.`;
  if (silent.length === 0) return isWell(name, says);
  return warns(
    name,
    `${says.replace(/\.$/, "")}; silent: ${silent.map(({ id, silentMs }) => `${id} for ${roughly(silentMs)}`).join(", ")}.`,
    "See in their hosts' logs why they ended; the lines go after a day.",
  );
}

/** Code of the application that a provider's policy names: an adapter, a handler, a schedule's function. */
export type CodeNamed = { provider: string; kind: "adapters" | "handlers" | "schedules"; name: string };

const kindWords = { adapters: "adapter", handlers: "handler", schedules: "schedule's function" } as const;

/** @param offered by each worker that lives: kind → names. */
export function checkCode(
  wanted: readonly CodeNamed[],
  offered: readonly Readonly<Record<string, readonly string[]>>[],
): Check {
  const name = "code";
  const missing = wanted.filter((code) => !offered.some((has) => has[code.kind]?.includes(code.name)));
  if (missing.length === 0) return isWell(name, "All that policies name is there.");
  const words = missing.map(({ provider, kind, name: code }) => `${provider} (${kindWords[kind]} ${code})`);
  return warns(
    name,
    `No worker that lives has what these providers name: ${words.join(", ")}.`,
    "Start a worker whose REDRIVE_APPLICATION registers it, or mend the policy.",
  );
}

export type ProviderSeen = {
  provider: string;
  /** Why nothing is sent; null when records may go. */
  hold: string | null;
  breaker: { state: string; reason: string | null; sinceMs: number | null };
  /** How long its oldest due record has been due; null when none is. */
  oldestDueMs: number | null;
  hasOwner: boolean;
};

/** A sweep finds an unowned queue within a second or two; this long, nobody sweeps. */
const unownedMs = 60_000;
/** Records that may go and don't: behind even for a provider that answers in a minute. */
const oldMs = 600_000;

export function checkBreakers(providers: readonly ProviderSeen[]): Check {
  const name = "breakers";
  const open = providers.filter(({ breaker }) => breaker.state === "open");
  if (open.length === 0) return isWell(name, "None is open.");
  const words = open.map(({ provider, breaker: { reason, sinceMs } }) => {
    const since = sinceMs === null ? "" : ` for ${roughly(sinceMs)}`;
    return `${provider}${since}${reason === null ? "" : ` (${reason})`}`;
  });
  return warns(
    name,
    `Open: ${words.join(", ")}.`,
    "See the providers' pages; they are tested again by themselves.",
  );
}

export function checkQueues(providers: readonly ProviderSeen[]): Check {
  const name = "queues";
  const may = providers.filter(({ hold }) => hold === null);
  const unowned = may.filter(({ hasOwner, oldestDueMs }) => !hasOwner && (oldestDueMs ?? 0) >= unownedMs);
  if (unowned.length > 0) {
    return warns(
      name,
      `Nobody delivers what is due for ${named(unowned.map(({ provider }) => provider))}.`,
      "See in a worker's log why it does not take them up, or start one with npm run worker.",
    );
  }
  const old = may.filter(({ oldestDueMs }) => (oldestDueMs ?? 0) >= oldMs);
  if (old.length > 0) {
    const words = old.map(({ provider, oldestDueMs }) => `${provider} (${roughly(oldestDueMs ?? 0)})`);
    return warns(
      name,
      `Records have been due for long: ${words.join(", ")}.`,
      "Raise these providers' batch sizes and limits as far as they bear it.",
    );
  }
  const oldest = Math.max(0, ...may.map(({ oldestDueMs }) => oldestDueMs ?? 0));
  return isWell(
    name,
    oldest === 0 ? "Nothing is due." : `The oldest record has been due for ${roughly(oldest)}.`,
  );
}

export type HealthSeen = { provider: string; green: boolean; detail: string };

export function checkHealth(answers: readonly HealthSeen[]): Check {
  const name = "providers";
  const ill = answers.filter(({ green }) => !green);
  if (answers.length === 0) return isWell(name, "None has a health check.");
  if (ill.length === 0) {
    return isWell(
      name,
      answers.length === 1
        ? "The one with a health check is well."
        : `All ${answers.length} with a health check are well.`,
    );
  }
  return warns(
    name,
    `Ill: ${ill.map(({ provider, detail }) => `${provider} (${detail})`).join(", ")}.`,
    "Ask them; deliveries wait, and go on by themselves.",
  );
}

/** 480 ms, 42 s, 12 min, 5 h, 3 days: as much as one needs to know of an age. */
function roughly(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}

/** More than a handful says nothing more. */
const named = (slugs: readonly string[]): string =>
  slugs.length <= 6 ? slugs.join(", ") : `${slugs.slice(0, 5).join(", ")} and ${slugs.length - 5} more`;

const providersOf = (slugs: readonly string[]): string =>
  slugs.length === 1 ? `${slugs[0]}` : `${slugs.length} providers`;
