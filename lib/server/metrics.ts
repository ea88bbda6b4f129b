// The figures as Prometheus reads them. A registry for each answer: nothing is counted in this process, so any number of
// dashboards say the same.
import { Gauge, Registry } from "prom-client";
import type { MetricFigures } from "#db/reads/metrics.ts";
import { desiredWorkers } from "#lib/core/autoscale.ts";
import { severities } from "#lib/core/desk.ts";
import { latencyQuantile } from "#lib/core/latency-histogram.ts";
import { isDelivered, outcomes } from "#lib/core/outcome.ts";
import { breakerStates } from "#lib/core/status.ts";
import packageJson from "../../package.json" with { type: "json" };

type Labels = Record<string, string>;

/** All metrics, each with its help and the names of its labels. A test holds the rules and the dashboard in docs to it. */
export const metrics = {
  redrive_info: ["Always 1; the version is its label.", "version"],
  redrive_due_records: ["Records due to be sent now, held ones included; stops at 10,000.", "provider"],
  redrive_held_records: ["Due records that something holds, and what; stops at 10,000.", "provider", "hold"],
  redrive_backlog_records: ["Undelivered records, due or not, as sampled every 10 s.", "provider"],
  redrive_in_flight_records: ["Records on their way to the provider.", "provider"],
  redrive_oldest_lag_seconds: [
    "How long the oldest due record has been due, held ones included; 0 when none is.",
    "provider",
  ],
  redrive_batch_size: ["How many records may be on their way at once.", "provider"],
  redrive_batch_size_max: ["The most that the policy allows to be on their way at once.", "provider"],
  redrive_breaker: ["1 for the state that the breaker is in.", "provider", "state"],
  redrive_provider_owned: ["1 when a worker delivers for the provider.", "provider"],
  redrive_arriving_per_second: ["Records that came, a second, over the last minute.", "provider"],
  redrive_delivered_per_second: [
    "Records delivered, a second, over the last minute: the drain rate.",
    "provider",
  ],
  redrive_drain_seconds: [
    "How long the backlog lasts at the drain rate; absent when nothing is delivered.",
    "provider",
  ],
  redrive_attempts_recent: ["Attempts in the last 5 minutes, by outcome.", "provider", "outcome"],
  redrive_success_ratio: [
    "Delivered of all attempts in the last 5 minutes; absent when there was none.",
    "provider",
  ],
  redrive_latency_seconds: ["Quantiles of the last 5 minutes' attempts.", "provider", "quantile"],
  redrive_failures_open: ["Failures that wait for a person, by team; stops at 10,000.", "team"],
  redrive_provider_failures_open: [
    "Failures that wait for a person, by provider; stops at 10,000.",
    "provider",
  ],
  redrive_failure_groups_open: ["Kinds of failure that are open."],
  redrive_alerts: [
    "Alerts that hold, by severity and state: open, acknowledged or silenced.",
    "severity",
    "state",
  ],
  redrive_workers_alive: ["Workers seen within 30 s."],
  redrive_workers_silent: ["Workers that fell silent without signing off."],
  redrive_workers_desired: ["How many workers are worth having now, for an autoscaler."],
  redrive_canary_ok: ["1 when the canary's last run was well, else 0.", "canary", "provider"],
  redrive_canary_took_seconds: ["From insert to delivery, of the canary's last run.", "canary", "provider"],
  redrive_canary_age_seconds: ["Since the end of the canary's last run.", "canary", "provider"],
  redrive_partitions_missing: ["Partitions of the next two weeks that are missing."],
  redrive_tokens_failing: ["Credentials whose access token could not be fetched."],
  redrive_database_bytes: ["Size of the database, once a minute."],
  redrive_samples_age_seconds: [
    "Since the newest sample of a backlog; grows while nothing waits, for then none is taken.",
  ],
  redrive_alerts_evaluated_age_seconds: ["Since the alert rules were last looked at; over 60, nobody looks."],
} as const satisfies Record<string, readonly [help: string, ...labels: string[]]>;

export type MetricName = keyof typeof metrics;

/** Prometheus text, version 0.0.4. */
export async function metricsText(figures: MetricFigures): Promise<{ text: string; contentType: string }> {
  const registry = new Registry();
  const gauges = new Map(
    Object.entries(metrics).map(([name, [help, ...labelNames]]) => [
      name,
      new Gauge({ name, help, labelNames, registers: [registry] }),
    ]),
  );
  const set = (name: MetricName, value: number | null, labels: Labels = {}) => {
    if (value !== null) gauges.get(name)?.set(labels, value);
  };
  ofInstallation(figures, set);
  for (const provider of figures.providers) ofProvider(figures, provider, set);
  for (const queue of figures.queues) ofQueue(queue, figures, set);
  for (const recent of figures.recent) ofRecent(recent, set);
  for (const canary of figures.canaries) ofCanary(canary, figures.nowMs, set);
  return { text: await registry.metrics(), contentType: registry.contentType };
}

type Set = (name: MetricName, value: number | null, labels?: Labels) => void;

const since = (ms: number | null, nowMs: number): number | null =>
  ms === null ? null : Math.max(0, (nowMs - ms) / 1_000);

function ofInstallation(figures: MetricFigures, set: Set): void {
  const { nowMs, providers, queues, rates } = figures;
  set("redrive_info", 1, { version: packageJson.version });
  for (const { team, open } of figures.failuresByTeam) set("redrive_failures_open", open, { team });
  set("redrive_failure_groups_open", figures.failureGroups);
  // Zeros too: a rule that waits for a value must see that there is none.
  for (const severity of severities) {
    for (const state of ["open", "acknowledged", "silenced"] as const) {
      const found = figures.alerts.find((alert) => alert.severity === severity && alert.state === state);
      set("redrive_alerts", found?.count ?? 0, { severity, state });
    }
  }
  set("redrive_workers_alive", figures.workers.alive);
  set("redrive_workers_silent", figures.workers.silent);
  const free = new Set(providers.filter(({ hold }) => hold === null).map(({ slug }) => slug));
  const busy = queues.filter(({ provider, due }) => free.has(provider) && due > 0);
  set(
    "redrive_workers_desired",
    desiredWorkers({
      busyProviders: busy.length,
      dueRecords: busy.reduce((sum, { due }) => sum + due, 0),
      arrivingPerSecond: busy.reduce((sum, { provider }) => sum + arriving(rates.get(provider)), 0),
    }),
  );
  set("redrive_partitions_missing", figures.partitionsMissing);
  set("redrive_tokens_failing", figures.tokensFailing);
  set("redrive_database_bytes", figures.databaseBytes);
  set("redrive_samples_age_seconds", since(figures.samples.newestMs, nowMs));
  set("redrive_alerts_evaluated_age_seconds", since(figures.evaluatedMs, nowMs));
}

type Rate = ReturnType<MetricFigures["rates"]["get"]>;

const spanOf = (rate: NonNullable<Rate>): number =>
  rate.firstMs === null || rate.lastMs === null ? 0 : (rate.lastMs - rate.firstMs) / 1_000;

const delivering = (rate: Rate): number =>
  rate === undefined || spanOf(rate) === 0 ? 0 : rate.deliveredBetween / spanOf(rate);

function arriving(rate: Rate): number {
  if (rate === undefined || spanOf(rate) === 0) return 0;
  const grownBy = (rate.lastBacklog ?? 0) - (rate.firstBacklog ?? 0);
  return Math.max(0, (grownBy + rate.deliveredBetween + rate.failedBetween) / spanOf(rate));
}

function ofProvider({ nowMs, rates }: MetricFigures, provider: MetricFigures["providers"][number], set: Set) {
  const of = { provider: provider.slug };
  const rate = rates.get(provider.slug);
  set("redrive_oldest_lag_seconds", since(provider.oldestDueMs, nowMs) ?? 0, of);
  for (const state of breakerStates)
    set("redrive_breaker", provider.breaker === state ? 1 : 0, { ...of, state });
  set("redrive_provider_owned", provider.hasOwner ? 1 : 0, of);
  set("redrive_arriving_per_second", arriving(rate), of);
  set("redrive_delivered_per_second", delivering(rate), of);
  const backlog = rate?.lastBacklog ?? 0;
  const perSecond = delivering(rate);
  set("redrive_drain_seconds", backlog === 0 ? 0 : perSecond === 0 ? null : backlog / perSecond, of);
}

function ofQueue(queue: MetricFigures["queues"][number], { providers }: MetricFigures, set: Set) {
  const of = { provider: queue.provider };
  const hold = providers.find(({ slug }) => slug === queue.provider)?.hold ?? null;
  set("redrive_due_records", queue.due, of);
  if (hold !== null) set("redrive_held_records", queue.due, { ...of, hold });
  set("redrive_in_flight_records", queue.inFlight, of);
  set("redrive_batch_size", queue.batchSize, of);
  set("redrive_batch_size_max", queue.batchSizeMax, of);
  set("redrive_provider_failures_open", queue.failed, of);
}

function ofRecent({ provider, byOutcome, latency, backlog }: MetricFigures["recent"][number], set: Set) {
  set("redrive_backlog_records", backlog, { provider });
  let attempts = 0;
  let delivered = 0;
  for (const [index, outcome] of outcomes.entries()) {
    const count = byOutcome[index] ?? 0;
    attempts += count;
    if (isDelivered(outcome)) delivered += count;
    set("redrive_attempts_recent", count, { provider, outcome });
  }
  set("redrive_success_ratio", attempts === 0 ? null : delivered / attempts, { provider });
  for (const quantile of [0.5, 0.95, 0.99]) {
    const ms = latencyQuantile(latency, quantile);
    set("redrive_latency_seconds", ms === null ? null : ms / 1_000, { provider, quantile: String(quantile) });
  }
}

function ofCanary({ slug, provider, runs }: MetricFigures["canaries"][number], nowMs: number, set: Set) {
  const last = runs[0];
  if (last === undefined) return;
  const of = { canary: slug, provider };
  set("redrive_canary_ok", last.ok ? 1 : 0, of);
  set("redrive_canary_took_seconds", last.tookMs === null ? null : last.tookMs / 1_000, of);
  set("redrive_canary_age_seconds", since(last.endedMs, nowMs), of);
}
