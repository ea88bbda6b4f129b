// What each kind of alert rule finds, from figures that were read before. Each knows three levels: a limit to open at, and a
// gentler one to resolve at.
import type { AlertFigures, Level, Reading } from "#lib/core/alerts.ts";
import { roughly } from "#lib/core/checks.ts";
import type { AlertKind } from "#lib/core/desk.ts";
import { rounded } from "#lib/core/figures.ts";
import { percent } from "#lib/core/spans.ts";
import type { BreakerState, Hold } from "#lib/core/status.ts";

/** What all kinds take. */
type Calm = {
  /** How long it must be well before the alert is resolved, ms. */
  calmMs: number;
};
type OfProviders = Calm & { exceptProviders: readonly string[] };

export const failureAlerts = ["new", "growing"] as const;
export type FailureAlert = (typeof failureAlerts)[number];
export const workerAlerts = ["all", "each"] as const;
export type WorkerAlert = (typeof workerAlerts)[number];
export const dataAlerts = ["samples", "evaluation"] as const;
export type DataAlert = (typeof dataAlerts)[number];

/** What a kind takes beside provider and wait; lib/contract/alert.ts has the defaults. */
export type AlertParams = {
  backlog_growing: OfProviders & { windowMs: number; minBacklog: number };
  oldest_record: OfProviders & { targetMs: number; exceptHolds: readonly Hold[] };
  breaker_open: OfProviders;
  success_rate: OfProviders & { windowMs: number; minimum: number; below: number };
  failures: OfProviders & { when: FailureAlert; count: number; windowMs: number };
  canary: OfProviders & { failures: number };
  worker_silent: Calm & { who: WorkerAlert; silentMs: number };
  queue_without_owner: OfProviders;
  token_failing: Calm & { staleMs: number };
  partitions: Calm & { days: number; defaultToo: boolean };
  disk: Calm & { databaseBytesMax: number | null; freeShareMin: number };
  no_data: Calm & { what: DataAlert; silentMs: number };
};

/** Kinds that look at each provider, or at the one that the rule names. */
export const providerKinds = [
  "backlog_growing",
  "oldest_record",
  "breaker_open",
  "success_rate",
  "failures",
  "canary",
  "queue_without_owner",
] as const satisfies AlertKind[];

export const isOfProvider = (kind: AlertKind): boolean =>
  (providerKinds as readonly AlertKind[]).includes(kind);

export type ProviderFigures = {
  slug: string;
  name: string;
  hold: Hold | null;
  breaker: BreakerState;
  breakerReason: string | null;
  breakerSinceMs: number | null;
  hasOwner: boolean;
  /** It was told to wait, or its run is over: nobody need look before then. */
  rests: boolean;
  /** When its oldest due record became due. */
  oldestDueMs: number | null;
};

/** What the rollup says of a provider over a window. */
export type WindowFigures = {
  firstBacklog: number | null;
  firstMs: number | null;
  lastBacklog: number | null;
  lastMs: number | null;
  /** What left the queue between those two samples: delivered, and failed for good. */
  deliveredBetween: number;
  failedBetween: number;
  attempts: number;
  delivered: number;
};

export type GroupFigures = {
  fingerprint: string;
  provider: string;
  title: string;
  openedMs: number;
  /** Somebody has muted it. */
  muted: boolean;
};

export type CanaryFigures = {
  slug: string;
  provider: string;
  limitMs: number;
  /** The newest runs that have ended, newest first. */
  runs: readonly { ok: boolean; tookMs: number | null; error: string | null; endedMs: number }[];
};

export type WorkerFigures = { id: string; host: string; startedMs: number; seenMs: number };
export type TokenFigures = {
  credential: string;
  error: string;
  failedMs: number;
  lastsUntilMs: number | null;
};
export type DiskFigures = {
  databaseBytes: number | null;
  freeBytes: number | null;
  totalBytes: number | null;
};

/** Everything that rules look at, as it was at one moment. */
export type AlertGiven = {
  nowMs: number;
  providers: readonly ProviderFigures[];
  /** By the window's length, then by provider. */
  windows: ReadonlyMap<number, ReadonlyMap<string, WindowFigures>>;
  groups: readonly GroupFigures[];
  /** By the window's length, then by fingerprint: failures that came in it and are open. */
  groupGrowth: ReadonlyMap<number, ReadonlyMap<string, number>>;
  canaries: readonly CanaryFigures[];
  workers: readonly WorkerFigures[];
  tokens: readonly TokenFigures[];
  /** Providers that are refused for want of a token. */
  unauthorized: readonly string[];
  /** Of outbox and events: partitions that are missing, with how many days ahead, and default ones that hold rows. */
  partitions: { missing: readonly { name: string; ahead: number }[]; inDefault: readonly string[] };
  disk: DiskFigures;
  samples: { newestMs: number | null; isDue: boolean };
  /** When rules were looked at before this. */
  evaluatedMs: number | null;
};

type Reader<Kind extends AlertKind> = (
  given: AlertGiven,
  params: AlertParams[Kind],
  about: Scope,
) => Reading[];

/** Which providers the rule is about. */
type Scope = (slug: string) => boolean;

/** Everything that a rule looks at, with what it finds of it. */
export function readingsOf<Kind extends AlertKind>(
  kind: Kind,
  params: AlertParams[Kind],
  provider: string | null,
  given: AlertGiven,
): Reading[] {
  const except: readonly string[] = "exceptProviders" in params ? params.exceptProviders : [];
  const scope: Scope = (slug) => (provider === null || slug === provider) && !except.includes(slug);
  const read: Reader<Kind> = readers[kind];
  return read(given, params, scope);
}

const readers: { [Kind in AlertKind]: Reader<Kind> } = {
  backlog_growing: backlogGrowing,
  oldest_record: oldestRecord,
  breaker_open: breakerOpen,
  success_rate: successRate,
  failures,
  canary,
  worker_silent: workerSilent,
  queue_without_owner: queueWithoutOwner,
  token_failing: tokenFailing,
  partitions,
  disk,
  no_data: noData,
};

/** Bad beyond the limit, well within the gentler one. */
const levelOf = (isBad: boolean, isWell: boolean): Level => (isBad ? "bad" : isWell ? "well" : "between");

const minute = 60_000;
const perMinute = (count: number, ms: number): number => Math.round((count * minute) / Math.max(1, ms));

function backlogGrowing(
  { providers, windows }: AlertGiven,
  { windowMs, minBacklog }: AlertParams["backlog_growing"],
  scope: Scope,
): Reading[] {
  return providers
    .filter(({ slug }) => scope(slug))
    .map((provider) => {
      const { slug, name } = provider;
      const seen = windows.get(windowMs)?.get(slug);
      const backlog = seen?.lastBacklog ?? 0;
      const unknown = {
        about: slug,
        level: levelOf(false, backlog < minBacklog),
        title: "",
        figures: { backlog },
      };
      if (seen?.firstBacklog == null || seen.firstMs === null || seen.lastMs === null) return unknown;
      const spanMs = seen.lastMs - seen.firstMs;
      if (spanMs < windowMs / 2) return unknown;
      const grownBy = backlog - seen.firstBacklog;
      const left = seen.deliveredBetween + seen.failedBetween;
      const figures = {
        backlog,
        arrivingPerMinute: Math.max(0, perMinute(grownBy + left, spanMs)),
        deliveredPerMinute: perMinute(seen.deliveredBetween, spanMs),
        drainMs: seen.deliveredBetween === 0 ? null : Math.round((backlog * spanMs) / seen.deliveredBetween),
        windowMs,
      };
      // One in twenty more than leaves: less is the noise of two samples.
      const isBad = backlog >= minBacklog && grownBy > 0 && grownBy * 20 >= left;
      return {
        about: slug,
        level: levelOf(isBad, backlog < minBacklog || grownBy <= 0),
        title: `${name}: the backlog grows. ${figures.arrivingPerMinute} a minute come, ${figures.deliveredPerMinute} are delivered; ${backlog} wait, ${drainWords(figures.drainMs)}.`,
        figures,
      };
    });
}

const drainWords = (drainMs: number | null): string =>
  drainMs === null ? "and none gets through" : `${roughly(drainMs)} of work at this rate`;

function oldestRecord(
  { providers, nowMs }: AlertGiven,
  { targetMs, exceptHolds }: AlertParams["oldest_record"],
  scope: Scope,
): Reading[] {
  return providers
    .filter(({ slug }) => scope(slug))
    .map(({ slug, name, hold, oldestDueMs }) => {
      const isExcepted = hold !== null && exceptHolds.includes(hold);
      const lagMs = oldestDueMs === null || isExcepted ? 0 : Math.max(0, nowMs - oldestDueMs);
      return {
        about: slug,
        level: levelOf(lagMs > targetMs, lagMs <= 0.8 * targetMs),
        title: `${name}: the oldest record has been due for ${roughly(lagMs)}, the target is ${roughly(targetMs)}${hold === null ? "" : `; it is held (${holdNames[hold]})`}.`,
        figures: { lagMs, targetMs, hold },
        sinceMs: oldestDueMs === null ? null : oldestDueMs + targetMs,
      };
    });
}

const holdNames: Record<Hold, string> = {
  disabled: "switched off",
  paused: "paused",
  outside_window: "outside its hours",
  quota_spent: "quota spent",
  breaker_open: "breaker open",
  unhealthy: "health check fails",
};

function breakerOpen(
  { providers, nowMs }: AlertGiven,
  _: AlertParams["breaker_open"],
  scope: Scope,
): Reading[] {
  return providers
    .filter(({ slug }) => scope(slug))
    .map(({ slug, name, hold, breaker, breakerReason, breakerSinceMs, oldestDueMs }) => {
      const isOff = hold === "disabled";
      const openMs = breakerSinceMs === null ? 0 : Math.max(0, nowMs - breakerSinceMs);
      // Half-open it is tested, for most of the time where the tests hang; with nothing to send it only waits for a test.
      const isTested = breaker === "half_open" && hold === null && oldestDueMs !== null;
      const isBad = (breaker === "open" && !isOff) || isTested;
      return {
        about: slug,
        level: levelOf(isBad, breaker === "closed" || isOff),
        title: `${name}: the breaker is open${breakerReason === null ? "" : ` (${breakerReason.replaceAll("_", " ")})`}, and nothing is sent${breaker === "half_open" ? " but tests" : ""}.`,
        figures: { breaker, breakerReason, openMs },
        sinceMs: isBad ? breakerSinceMs : null,
      };
    });
}

function successRate(
  { providers, windows }: AlertGiven,
  { windowMs, minimum, below }: AlertParams["success_rate"],
  scope: Scope,
): Reading[] {
  // A tenth of the way from the limit to 100 % better than the limit.
  const enough = rounded(below + (1 - below) / 10, 6);
  return providers
    .filter(({ slug }) => scope(slug))
    .map(({ slug, name, breaker }) => {
      const { attempts, delivered } = windows.get(windowMs)?.get(slug) ?? { attempts: 0, delivered: 0 };
      const share = attempts === 0 ? null : delivered / attempts;
      const title = `${name}: ${percent(share ?? 0)} of ${attempts} attempts in ${roughly(windowMs)} were delivered, the limit is ${percent(below)}.`;
      return {
        about: slug,
        level: rateLevel(share, attempts),
        title,
        figures: { successShare: share, attempts, limitShare: below, windowMs },
      };

      function rateLevel(share: number | null, attempts: number): Level {
        // Few attempts prove nothing: where the breaker is not closed, there are few because it is bad.
        if (share === null) return breaker === "closed" ? "well" : "between";
        if (attempts < minimum) return breaker === "closed" && share >= enough ? "well" : "between";
        return levelOf(share < below, share >= enough);
      }
    });
}

function failures(
  { groups, groupGrowth, nowMs, providers }: AlertGiven,
  { when, count, windowMs }: AlertParams["failures"],
  scope: Scope,
): Reading[] {
  const names = new Map(providers.map(({ slug, name }) => [slug, name]));
  return groups
    .filter(({ provider }) => scope(provider))
    .map(({ fingerprint, provider, title, openedMs, muted }) => {
      const came = groupGrowth.get(windowMs)?.get(fingerprint) ?? 0;
      const isNew = nowMs - openedMs < windowMs && came > 0;
      const who = names.get(provider) ?? provider;
      const figures: AlertFigures = { provider, failures: came, windowMs };
      if (when === "new") {
        return {
          about: fingerprint,
          level: levelOf(isNew && !muted, !isNew || muted),
          title: `${who}: a new kind of failure, “${title}”.`,
          figures,
        };
      }
      return {
        about: fingerprint,
        level: levelOf(came >= count && !muted, came * 2 < count || muted),
        title: `${who}: ${came} records failed within ${roughly(windowMs)} with “${title}”.`,
        figures,
      };
    });
}

function canary(
  { canaries }: AlertGiven,
  { failures: needed }: AlertParams["canary"],
  scope: Scope,
): Reading[] {
  return canaries
    .filter(({ provider }) => scope(provider))
    .map(({ slug, provider, limitMs, runs }) => {
      const last = runs[0];
      const lastBad = runs.slice(0, needed);
      const isBad = lastBad.length === needed && lastBad.every(({ ok }) => !ok);
      const times = needed === 1 ? "" : ` ${needed} times in a row`;
      const why =
        last?.error ?? (last?.tookMs == null ? "it did not arrive" : `it took ${roughly(last.tookMs)}`);
      return {
        about: slug,
        level: levelOf(isBad, last === undefined || last.ok),
        title: `The canary ${slug} failed${times}: ${why.replace(/\.$/, "")} (limit ${roughly(limitMs)}).`,
        figures: { provider, tookMs: last?.tookMs ?? null, limitMs, error: last?.error ?? null },
        sinceMs: lastBad.at(-1)?.endedMs ?? null,
      };
    });
}

/** So long after it vanished, a worker that another has replaced is no news any more. */
const vanishedNewsMs = 600_000;

function workerSilent(
  { workers, nowMs }: AlertGiven,
  { who, silentMs }: AlertParams["worker_silent"],
): Reading[] {
  const silenceOf = ({ seenMs }: WorkerFigures) => nowMs - seenMs;
  if (who === "all") {
    const latest = workers.toSorted((one, other) => other.seenMs - one.seenMs)[0];
    if (latest === undefined) {
      // They all signed off, or there never was one: a restart takes a moment.
      const title = "No worker runs: nothing is delivered until one is started (npm run worker).";
      return [{ about: "", level: "bad", title, figures: { workers: 0, silentMs: null }, forMs: silentMs }];
    }
    const silence = silenceOf(latest);
    return [
      {
        about: "",
        level: levelOf(silence >= silentMs, silence < silentMs / 2),
        title: `No worker has been seen for ${roughly(silence)}: nothing is delivered until one runs.`,
        figures: { workers: workers.length, silentMs: silence },
        sinceMs: latest.seenMs + silentMs,
      },
    ];
  }
  return workers.map((worker) => {
    const silence = silenceOf(worker);
    const isReplaced = workers.some(
      (other) => other.startedMs > worker.seenMs && silenceOf(other) < silentMs,
    );
    const isNews = silence < silentMs + vanishedNewsMs || !isReplaced;
    return {
      about: worker.id,
      level: levelOf(silence >= silentMs && isNews, silence < silentMs / 2 || !isNews),
      title: `The worker ${worker.id} vanished without signing off${isReplaced ? "; another has taken its place" : ""}.`,
      figures: { silentMs: silence, host: worker.host },
      sinceMs: worker.seenMs + silentMs,
    };
  });
}

function queueWithoutOwner(
  { providers, nowMs }: AlertGiven,
  _: AlertParams["queue_without_owner"],
  scope: Scope,
): Reading[] {
  return providers
    .filter(({ slug }) => scope(slug))
    .map(({ slug, name, hold, rests, hasOwner, oldestDueMs }) => {
      const lagMs = oldestDueMs === null ? 0 : Math.max(0, nowMs - oldestDueMs);
      const isBad = oldestDueMs !== null && hold === null && !rests && !hasOwner;
      return {
        about: slug,
        level: levelOf(isBad, !isBad),
        title: `${name}: records are due (the oldest for ${roughly(lagMs)}), nothing holds them, and no worker delivers them.`,
        figures: { lagMs },
      };
    });
}

function tokenFailing(
  { tokens, unauthorized, nowMs }: AlertGiven,
  { staleMs }: AlertParams["token_failing"],
): Reading[] {
  return tokens.map(({ credential, error, failedMs, lastsUntilMs }) => {
    const lasts = lastsUntilMs !== null && lastsUntilMs > nowMs;
    const goes = lasts ? `; the one at hand lasts ${roughly(lastsUntilMs - nowMs)}` : "";
    const who = unauthorized.length === 0 ? "" : ` Providers refused: ${unauthorized.join(", ")}.`;
    return {
      // Of a hash that tells nothing, enough to tell two apart.
      about: credential.slice(0, 12),
      // Where nobody has asked for long, nobody needs it.
      level: levelOf(nowMs - failedMs < staleMs, true),
      title: `An access token can't be fetched: ${error.replace(/\.$/, "")}${goes}.${who}`,
      figures: { error, providers: unauthorized.join(", ") || null },
    };
  });
}

function partitions(
  { partitions: { missing, inDefault } }: AlertGiven,
  { days, defaultToo }: AlertParams["partitions"],
): Reading[] {
  const absent = missing.filter(({ ahead }) => ahead <= days).map(({ name }) => name);
  const filled = defaultToo ? inDefault : [];
  const what = [
    absent.length === 0 ? null : `Partitions are missing: ${few(absent)}`,
    filled.length === 0 ? null : `rows wait in ${filled.join(" and ")}`,
  ].filter((part) => part !== null);
  const sentence = what.join("; ");
  const isBad = what.length > 0;
  return [
    {
      about: "",
      level: levelOf(isBad, !isBad),
      title: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. Nothing is lost, but nobody has made any: run npm run migrate.`,
      figures: { missing: absent.length, inDefault: filled.join(", ") || null },
    },
  ];
}

/** More than a handful says nothing more. */
const few = (names: readonly string[]): string =>
  names.length <= 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;

function disk(
  { disk: { databaseBytes, freeBytes, totalBytes } }: AlertGiven,
  { databaseBytesMax, freeShareMin }: AlertParams["disk"],
): Reading[] {
  const readings: Reading[] = [];
  if (databaseBytesMax !== null && databaseBytes !== null) {
    readings.push({
      about: "database",
      level: levelOf(databaseBytes > databaseBytesMax, databaseBytes <= 0.95 * databaseBytesMax),
      title: `The database has ${gigabytes(databaseBytes)}, the limit is ${gigabytes(databaseBytesMax)}.`,
      figures: { databaseBytes, databaseBytesMax },
    });
  }
  if (freeBytes !== null && totalBytes !== null && totalBytes > 0) {
    const freeShare = freeBytes / totalBytes;
    readings.push({
      about: "disk",
      level: levelOf(freeShare < freeShareMin, freeShare >= Math.min(1, 1.2 * freeShareMin)),
      title: `The disk of the database is nearly full: ${gigabytes(freeBytes)} are free (${percent(freeShare)}), the limit is ${percent(freeShareMin)}.`,
      figures: { freeBytes, totalBytes, freeShare },
    });
  }
  return readings;
}

function gigabytes(bytes: number): string {
  const [size, unit] = bytes >= 1e9 ? [bytes / 1e9, "GB"] : [bytes / 1e6, "MB"];
  return `${size >= 100 ? Math.round(size) : Number(size.toFixed(1))} ${unit}`;
}

function noData(
  { samples, evaluatedMs, nowMs }: AlertGiven,
  { what, silentMs }: AlertParams["no_data"],
): Reading[] {
  if (what === "evaluation") return [evaluationStopped(evaluatedMs, nowMs, silentMs)];
  const silence = samples.newestMs === null ? null : nowMs - samples.newestMs;
  const isSampled = silence !== null && silence < silentMs;
  return [
    {
      about: "",
      level: levelOf(samples.isDue && !isSampled, isSampled || !samples.isDue),
      title: `Records wait, and their figures have not been written down for ${silence === null ? "long" : roughly(silence)}: charts and alerts see nothing.`,
      figures: { silentMs: silence },
      // A record that came a moment ago finds an old sample of a quiet time: only so much later is it missed.
      forMs: silentMs,
    },
  ];
}

/** Found by the first look after the gap: while nobody looks, nobody can say so from in here. */
function evaluationStopped(evaluatedMs: number | null, nowMs: number, silentMs: number): Reading {
  const gapMs = evaluatedMs === null ? 0 : Math.max(0, nowMs - evaluatedMs);
  return {
    about: "",
    level: levelOf(gapMs >= silentMs, gapMs < silentMs),
    title: `Alerts were not looked at for ${roughly(gapMs)}: what happened meanwhile was told to nobody.`,
    figures: { gapMs },
    sinceMs: evaluatedMs,
  };
}

export type AnyRule = { kind: AlertKind; params: AlertParams[AlertKind] };

/** The windows that these rules look back over. */
export function windowsOf(rules: readonly AnyRule[]): { throughput: number[]; groups: number[] } {
  const of = (kinds: readonly AlertKind[]) => [
    ...new Set(
      rules.flatMap(({ kind, params }) =>
        kinds.includes(kind) && "windowMs" in params ? [params.windowMs] : [],
      ),
    ),
  ];
  return { throughput: of(["backlog_growing", "success_rate"]), groups: of(["failures"]) };
}
