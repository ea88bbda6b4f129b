// When a message says what is new: at once what a person did, at a pace what only grows, and by mail only what is worth one.
import type { ChannelKind, MessageState } from "#lib/core/desk.ts";

/** What was told so far. */
export type Told = {
  state: MessageState;
  /** A text of it is on its way, or waits to be. */
  isUnderWay: boolean;
  /** When its newest text was made, ms since 1970; null when none was. */
  saidAtMs: number | null;
  updates: number;
  /** How many records there were when it was last said; null where that is not kept. */
  records: number | null;
  /** The channel was changed since its newest text was made: what was refused may pass now. */
  isChannelNewer: boolean;
};

/** What has changed since. */
export type News = {
  /** Somebody did something about it, or it is over. */
  isAct: boolean;
  isResolved: boolean;
  /** They were run again since, and have failed again. */
  isFailedAgain: boolean;
  records: number;
  /** Muted or silenced: nobody's phone rings for it. */
  isQuiet: boolean;
};

export type Pace = "now" | "never" | { atMs: number };

const quickMs = 2_000;
const usualMs = 10_000;
/** A group that has grown for five minutes is known; its figures need not be of the last ten seconds. */
const slowMs = 60_000;
const usualUpdates = 30;
/** A channel that refused the last text is not asked again for each change. */
const refusedMs = 600_000;

/** @param told null for what was never told. */
export function paceOf(kind: ChannelKind, told: Told | null, news: News, nowMs: number): Pace {
  if (told === null) return news.isQuiet ? "never" : "now";
  if (told.isUnderWay) return { atMs: nowMs + quickMs };
  if (told.state === "failed" && !told.isChannelNewer) return after(told, refusedMs, nowMs);
  // It was lost at the receiver's: it is posted anew.
  if (told.state === "due") return after(told, quickMs, nowMs);
  if (kind !== "slack" && (news.isQuiet || !isWorthOne(kind, told, news))) return "never";
  if (news.isAct || news.isResolved) return after(told, quickMs, nowMs);
  return after(told, told.updates < usualUpdates ? usualMs : slowMs, nowMs);
}

/**
 * Nobody reads a mail for each change: the first, one when it is ten times as many, when what was run again has failed
 * again (its link is used up), and when it is over.
 */
function isWorthOne(kind: ChannelKind, told: Told, news: News): boolean {
  if (news.isFailedAgain || news.isResolved || (kind === "webhook" && news.isAct)) return true;
  return told.records !== null && news.records >= 10 * Math.max(1, told.records);
}

function after({ saidAtMs }: Told, ms: number, nowMs: number): Pace {
  const atMs = (saidAtMs ?? 0) + ms;
  return atMs <= nowMs ? "now" : { atMs };
}
