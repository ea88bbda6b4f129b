// What an end user is told of an own record: which card it is on, in which words, and what they may do now.
//
//   needs_you   a person has to decide     try again · fix and resend · withdraw
//   on_it       it goes by itself          undo, for the five seconds that a press waits
//   sent        the receiver has it
//   closed      it was not sent, and won't be
//
// None of our own words is in it, and none of the payload but the names of fields that the end user may correct.
import type { Outcome } from "#lib/core/outcome.ts";
import { fieldList } from "#lib/core/portal-fields.ts";
import type { FailureCategory, Hold, RecordStatus } from "#lib/core/status.ts";

/** What a token allows. */
export const portalActions = ["see", "retry", "edit", "withdraw"] as const;
export type PortalAction = (typeof portalActions)[number];

export const portalCards = ["needs_you", "on_it", "sent", "closed"] as const;
export type PortalCard = (typeof portalCards)[number];

/** What can be pressed. */
export const portalButtons = ["retry", "fix", "withdraw", "undo"] as const;
export type PortalButton = (typeof portalButtons)[number];

/** An end user tries one record this often within `triesPeriodMs`; what they took back in time does not count. */
export const triesMost = 3;
export const triesPeriodMs = 24 * 3_600_000;

/** The name of an end user in timelines and the audit. */
export const ownActorName = (owner: string): string => `owner: ${owner}`;

/** Nearer to its time than this a press can't be taken back: it may be on its way. */
export const undoMarginMs = 150;

/** How a record stands. Times are ISO 8601. */
export type OwnStanding = {
  /** The receiver, as its operator named it. */
  to: string;
  status: RecordStatus;
  attempts: number;
  createdAt: string;
  settledAt: string | null;
  dueAt: string | null;
  /** Why nothing goes to the receiver now, since when, and until when. */
  hold: Hold | null;
  holdSince: string | null;
  holdUntil: string | null;
  failure: {
    category: FailureCategory;
    outcome: Outcome | null;
    /** No answer came, or what it was. */
    statusCode: number | null;
    failedAt: string;
    /** Those of the fields one may correct that the receiver complained about, as people call them. */
    complaints: readonly string[];
    /** The same trouble as before it was last tried again. */
    isSameAgain: boolean;
    /** It goes again by itself once the receiver is well. */
    comesBack: boolean;
    /** There is something in it that this end user may correct. */
    isFixable: boolean;
  } | null;
  /** The newest act of a person. */
  lastAct: { kind: string; isOwn: boolean; at: string; code: string | null } | null;
  /** Until when the own press can be taken back. */
  undoUntil: string | null;
  /** Tries of the end user within the period, and when the next is possible if they are used up. */
  tries: number;
  triesAgainAt: string | null;
  /** Of what is settled: another one like it had gone before, or it was never meant to leave. */
  wasSentBefore: boolean;
  wasRehearsed: boolean;
  /** The receiver can tell that a repetition is the same one. */
  isSafeToRepeat: boolean;
};

export type OwnCard = {
  card: PortalCard;
  /** Like "Not delivered". */
  headline: string;
  /** When, and how often it was tried: "14:02 · tried 5 times". */
  meta: string;
  /** One or two sentences; empty when the headline says it all. */
  says: string;
  buttons: PortalButton[];
};

type Given = {
  nowMs: number;
  actions: readonly PortalAction[];
  /** A time as people read it, like "14:02". */
  when: (iso: string) => string;
};

export function ownCard(standing: OwnStanding, given: Given): OwnCard {
  if (standing.failure !== null && standing.status === "failed") {
    return failed({ ...standing, failure: standing.failure }, given);
  }
  switch (standing.status) {
    case "failed":
    case "waiting":
    case "sending":
    case "retrying":
    case "held":
      return underWay(standing, given);
    case "delivered":
    case "duplicate":
      return sent(standing, given);
    case "rejected":
    case "discarded":
      return closed(standing, given);
  }
}

type Failed = OwnStanding & { failure: NonNullable<OwnStanding["failure"]> };

function failed(standing: Failed, given: Given): OwnCard {
  const { failure, attempts } = standing;
  const meta = `${given.when(failure.failedAt)}${triedWords(attempts)}`;
  if (failure.comesBack && isUnwell(standing.hold)) {
    return { card: "on_it", headline: "Waiting", meta, says: unwellWords(standing, given), buttons: [] };
  }
  const buttons = buttonsOf(standing, given);
  return {
    card: "needs_you",
    headline: failure.outcome === "ambiguous" ? "Maybe delivered" : "Not delivered",
    meta,
    says: sentences(
      whyFailed(standing),
      usedUpWords(standing, given),
      buttons.length === 0 && "Our support can see it too.",
    ),
    buttons,
  };
}

function buttonsOf({ failure, tries }: Failed, { actions }: Given): PortalButton[] {
  const may = (action: PortalAction) => actions.includes(action);
  const mayTry = tries < triesMost;
  const isData = failure.category === "client_data";
  const mayFix = mayTry && isData && failure.isFixable && may("edit");
  // The same data would be refused again.
  const helps = !isData || (!failure.isSameAgain && !mayFix);
  const buttons: (PortalButton | false)[] = [
    mayFix && "fix",
    mayTry && helps && may("retry") && "retry",
    may("withdraw") && "withdraw",
  ];
  return buttons.filter((button) => button !== false);
}

function whyFailed({ to, failure, isSafeToRepeat }: Failed): string {
  if (failure.outcome === "ambiguous") {
    return isSafeToRepeat
      ? `${to} got it, but didn't answer in time. Resending is safe: ${to} can tell that it is the same one.`
      : `${to} got it, but didn't answer in time. Resending could create a double.`;
  }
  switch (failure.category) {
    case "technical":
      return failure.statusCode === null
        ? `${to} didn't answer in time. Your data is fine.`
        : `${to} couldn't take it just then. Your data is fine.`;
    case "client_data":
      return refusedWords(to, failure);
    case "poison":
    case "adapter_error":
      return "Something went wrong on our side.";
  }
}

function refusedWords(to: string, { complaints, isSameAgain }: Failed["failure"]): string {
  const fields = fieldList(complaints);
  if (isSameAgain) {
    return fields === ""
      ? "Trying again won't help until it is corrected."
      : `Trying again won't help until ${fields} ${complaints.length === 1 ? "changes" : "change"}.`;
  }
  return fields === ""
    ? `${to} doesn't accept it as it is.`
    : `${to} says ${fields} ${complaints.length === 1 ? "isn't" : "aren't"} valid.`;
}

function usedUpWords({ tries, triesAgainAt }: Failed, { actions, when }: Given): string | false {
  if (tries < triesMost || !(actions.includes("retry") || actions.includes("edit"))) return false;
  const then = triesAgainAt === null ? "" : ` You can try again at ${when(triesAgainAt)}.`;
  return `You have tried ${triesMost} times within a day.${then}`;
}

function underWay(standing: OwnStanding, given: Given): OwnCard {
  const { lastAct, createdAt, undoUntil } = standing;
  const meta = lastAct?.kind === "retried" ? given.when(lastAct.at) : given.when(createdAt);
  const isRetried = lastAct?.kind === "retried";
  if (undoUntil !== null && Date.parse(undoUntil) > given.nowMs) {
    return { card: "on_it", headline: "Sending…", meta, says: "", buttons: ["undo"] };
  }
  const { headline, says } = underWayWords(standing, given);
  return {
    card: "on_it",
    headline,
    meta,
    says: isRetried && !lastAct.isOwn ? sentences("Our support is already resending this.", says) : says,
    buttons: [],
  };
}

/** Nearer than this a time is no help: it is over before one has read it, ms. */
const momentMs = 10_000;

function underWayWords(standing: OwnStanding, given: Given): { headline: string; says: string } {
  const { status, hold, to, dueAt, lastAct } = standing;
  const sending = { headline: "Sending…", says: "" };
  if (status === "sending") return sending;
  if (status === "held" && hold !== null) return { headline: "Waiting", says: heldWords(standing, given) };
  if (dueAt === null) return { headline: "Waiting", says: "It goes right after an earlier one." };
  const isLater = Date.parse(dueAt) > given.nowMs + momentMs;
  const at = isLater ? `at ${given.when(dueAt)}` : "in a moment";
  if (lastAct?.kind === "retried") {
    return isLater ? { headline: "Waiting", says: `It goes ${at}.` } : sending;
  }
  return status === "retrying"
    ? { headline: "Trying again", says: `${to} couldn't take it yet. We'll resend by itself ${at}.` }
    : { headline: "Waiting", says: isLater ? `It goes ${at}.` : "It goes as soon as it is its turn." };
}

/** What a receiver recovers from, and what comes back by itself then. */
const isUnwell = (hold: Hold | null): boolean => hold === "breaker_open" || hold === "unhealthy";

function heldWords(standing: OwnStanding, given: Given): string {
  const { hold, to, holdUntil } = standing;
  const at = holdUntil === null ? "" : ` at ${given.when(holdUntil)}`;
  switch (hold) {
    case "breaker_open":
    case "unhealthy":
      return unwellWords(standing, given);
    case "outside_window":
      return `${to} takes these at certain hours only. It goes by itself${at}.`;
    case "quota_spent":
      return `A lot is going to ${to} now. It goes by itself${at}.`;
    case "paused":
    case "disabled":
    case null:
      return `Sending to ${to} has been stopped for now. It goes by itself after that.`;
  }
}

function unwellWords({ to, holdSince, holdUntil, attempts }: OwnStanding, { when }: Given): string {
  const since = holdSince === null ? "" : ` since ${when(holdSince)}`;
  const next = holdUntil === null ? "" : `; next test ${when(holdUntil)}`;
  return `Waiting for ${to}${since}. We'll ${attempts > 0 ? "resend" : "send it"} by itself${next}.`;
}

function sent({ to, status, settledAt, createdAt, wasSentBefore }: OwnStanding, { when }: Given): OwnCard {
  const meta = when(settledAt ?? createdAt);
  const says = wasSentBefore
    ? "The same had gone before, so it wasn't sent twice."
    : status === "duplicate"
      ? `${to} had it already.`
      : "";
  return { card: "sent", headline: wasSentBefore ? "Sent before" : "Delivered", meta, says, buttons: [] };
}

/** Why a colleague closed it, in words for the one it belongs to; what they wrote themselves is not for outside. */
const closedWords: Record<string, string> = {
  duplicate: "It was there twice.",
  obsolete: "It was no longer needed.",
  wrong_data: "Something in it was wrong.",
  customer_wish: "It was closed as you wished.",
};

function closed(standing: OwnStanding, { when }: Given): OwnCard {
  const { to, status, settledAt, createdAt, lastAct, wasRehearsed } = standing;
  const meta = when(settledAt ?? createdAt);
  const card = { card: "closed" as const, headline: "Closed – not sent", meta, buttons: [] };
  if (status === "discarded") {
    return {
      ...card,
      says: wasRehearsed ? "It wasn't meant to go out from here." : `${to} doesn't accept it as it is.`,
    };
  }
  if (lastAct?.isOwn) return { ...card, says: "You withdrew it." };
  return { ...card, says: sentences("By our support.", closedWords[lastAct?.code ?? ""]) };
}

const triedWords = (attempts: number): string =>
  attempts === 0 ? "" : ` · tried ${["", "once", "twice"][attempts] ?? `${attempts} times`}`;

const sentences = (...parts: (string | false | undefined)[]): string =>
  parts.filter((part) => part !== false && part !== undefined && part !== "").join(" ");

/** A line of a record's history; null for what says nothing to the one it belongs to. */
export function historyWords({ kind, isOwn }: { kind: string; isOwn: boolean }, to: string): string | null {
  const who = isOwn ? "You" : "Our support";
  switch (kind) {
    case "attempted":
    case "failed":
      return `${to} didn't take it`;
    case "delivered":
      return "Delivered";
    case "duplicate":
      return `${to} had it already`;
    case "retried":
      return `${who} tried again`;
    case "redriven":
      return "It was tried again by itself";
    case "retry_cancelled":
      return `${who} took it back`;
    case "edited":
      return `${who} corrected it`;
    case "rejected":
      return isOwn ? "You withdrew it" : "Our support closed it";
    case "reopened":
      return "Our support opened it again";
    case "discarded":
      return `${to} doesn't accept it as it is`;
    default:
      return null;
  }
}
