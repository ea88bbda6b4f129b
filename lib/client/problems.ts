// What is wrong now, worst first: a line each, with the way to where it is mended.
import { rough } from "#lib/client/formats.ts";
import type { Overview } from "#lib/contract/overview.ts";
import { openReasonWords } from "#lib/core/words.ts";

export type ProblemLine = {
  key: string;
  tone: "red" | "amber";
  sentence: string;
  link: { href: string; label: string; about?: string } | null;
};

/** A worker says that it lives every few seconds. */
const silentForMs = 60_000;
/** More open breakers than this become one line. */
const linesAtMost = 3;

/** `saidAtMs`: when the server said so, by the server's clock. What it has not said since is not a worker's silence. */
export const problemsOf = (overview: Overview, saidAtMs: number): ProblemLine[] => [
  ...silentWorkers(overview, saidAtMs),
  ...openBreakers(overview),
];

function silentWorkers({ workerSeenAt }: Overview, saidAtMs: number): ProblemLine[] {
  const silentMs = workerSeenAt === null ? null : saidAtMs - Date.parse(workerSeenAt);
  if (silentMs !== null && silentMs < silentForMs) return [];
  const sentence =
    silentMs === null
      ? "No worker has ever been seen: nothing is delivered until one runs (npm run worker)."
      : `No worker has been seen for ${rough(silentMs)}: nothing is delivered until one runs.`;
  return [{ key: "worker", tone: "red", sentence, link: null }];
}

function openBreakers({ providers, breakersOpen }: Overview): ProblemLine[] {
  const open = providers.filter(({ state }) => state.breaker === "open" && state.hold !== "disabled");
  if (Math.max(open.length, breakersOpen) > linesAtMost) {
    const sentence = `${Math.max(open.length, breakersOpen)} providers are not sent to: their breakers are open.`;
    return [{ key: "breakers", tone: "red", sentence, link: { href: "/providers", label: "See providers" } }];
  }
  return open.map(({ slug, name, state }) => ({
    key: `breaker ${slug}`,
    tone: "red",
    sentence: `${name} is not sent to: ${state.breakerReason === null ? "its breaker is open" : openReasonWords[state.breakerReason]}.`,
    link: { href: `/providers/${slug}`, label: "See why", about: name },
  }));
}
