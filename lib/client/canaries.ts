// Canaries: all of them or one provider's, what their runs say in words, and what people do with them.
import { queryOptions } from "@tanstack/react-query";
import { duration, plural } from "#lib/client/formats.ts";
import { getJson, queryString, sendJson } from "#lib/client/http.ts";
import type { Canary, CanaryRun, StartedCanary } from "#lib/contract/canary.ts";
import type { CanaryRunState } from "#lib/core/canary.ts";

/** Everybody's when `provider` is null. */
export const canariesQuery = (provider: string | null) =>
  queryOptions({
    queryKey: ["canaries", provider],
    queryFn: async ({ signal }) =>
      (await getJson<{ items: Canary[] }>(`/canaries${queryString({ provider })}`, signal)).items,
    // A busy provider tells of itself each second, a canary has news once a minute.
    meta: { freshForMs: 2_000 },
  });

const path = (slug: string) => `/canaries/${encodeURIComponent(slug)}`;

export const runCanary = (slug: string) => sendJson<StartedCanary>("POST", `${path(slug)}/run`, {});

/** Switches it on or off, if it still is at the version that was read. */
export const switchCanary = ({ slug, version }: Pick<Canary, "slug" | "version">, enabled: boolean) =>
  sendJson<{ slug: string; version: number }>(
    "PATCH",
    path(slug),
    { enabled },
    { "if-match": `"${version}"` },
  );

export const runWords: Record<CanaryRunState, string> = {
  running: "under way",
  ok: "well",
  slow: "slow",
  failed: "failed",
};

/** `58 of the last 60 runs well, 1 slow, 1 failed`. */
export function stripWords(runs: readonly CanaryRun[]): string {
  const ended = runs.filter(({ state }) => state !== "running");
  if (ended.length === 0) return "No run has ended yet";
  const [only] = ended;
  if (ended.length === 1 && only)
    return `The last run ${only.state === "failed" ? "" : "was "}${runWords[only.state]}`;
  const count = (state: CanaryRunState) => ended.filter((run) => run.state === state).length;
  const well = count("ok");
  if (well === ended.length) return `All of the last ${plural(well, "run")} well`;
  const rest = (["slow", "failed"] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${runWords[state]}`);
  return [`${well} of the last ${plural(ended.length, "run")} well`, ...rest].join(", ");
}

/** What a run's mark says: `14:02 well, 12 ms`. */
export function runMarkWords(run: CanaryRun, at: string): string {
  const took = run.tookMs === null ? "" : `, ${duration(run.tookMs)}`;
  const why = run.error === null ? "" : `: ${run.error}`;
  return `${at} ${runWords[run.state]}${took}${why}`;
}

/** A mark's height, 0..1: how much of its limit a run took. One that failed, or was too slow, has all of it. */
export function markHeight({ state, tookMs }: CanaryRun, limitMs: number): number {
  if (state !== "ok" || tookMs === null) return 1;
  // Most take a thousandth of their limit: by the logarithm one sees them differ.
  const share = Math.log1p(tookMs) / Math.log1p(limitMs);
  return Math.min(0.85, Math.max(0.2, 0.85 * share));
}
