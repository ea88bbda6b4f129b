// A policy's parts as sentences: on the provider's page, and in the list of what a change would change.
import { duration, number, zoneWords } from "#lib/client/formats.ts";
import { outcomeWords } from "#lib/client/words.ts";
import type { ProviderAuth, ProviderPolicy, Rule, RuleWhen, Schedule, Window } from "#lib/contract/policy.ts";
import { type Day, days, type Period } from "#lib/core/calendar.ts";
import type { Outcome } from "#lib/core/outcome.ts";

export const dayNames: Record<Day, string> = {
  mon: "Mon",
  tue: "Tue",
  wed: "Wed",
  thu: "Thu",
  fri: "Fri",
  sat: "Sat",
  sun: "Sun",
};

/** `Mon–Fri`, `Mon, Wed`, `every day`. */
export function daysWords(given: readonly Day[]): string {
  if (days.every((day) => given.includes(day))) return "every day";
  const runs: Day[][] = [];
  for (const day of days) {
    if (!given.includes(day)) continue;
    const run = runs.at(-1);
    const follows = run !== undefined && days.indexOf(day) === days.indexOf(run.at(-1) ?? "sun") + 1;
    if (follows) run.push(day);
    else runs.push([day]);
  }
  return runs.map(runWords).join(", ");
}

function runWords(run: readonly Day[]): string {
  const [first, last] = [run[0] ?? "mon", run.at(-1) ?? "mon"];
  if (run.length < 3) return run.map((day) => dayNames[day]).join(", ");
  return `${dayNames[first]}–${dayNames[last]}`;
}

/** `22:00 to 06:00 the next day`, `all day`. */
export const timesWords = ({ from, to }: Pick<Window, "from" | "to">): string =>
  from === "00:00" && to === "24:00" ? "all day" : `${from} to ${to}${to > from ? "" : " the next day"}`;

export const windowWords = (window: Window): string => `${daysWords(window.days)}, ${timesWords(window)}`;

/** How its requests prove who we are. */
export function authWords(auth: ProviderAuth): string {
  switch (auth.kind) {
    case "none":
      return "nothing";
    case "header":
      return `the header ${auth.name}; its value is stored`;
    case "basic":
      return `user ${auth.user} and a password, which is stored`;
    case "standard_webhooks":
      return "a Standard Webhooks signature; its secrets are stored";
    case "oauth2_client_credentials":
      return `a token for ${auth.clientId} from ${hostOf(auth.tokenUrl)}${auth.scope === null ? "" : `, scope ${auth.scope}`}${auth.audience === null ? "" : `, audience ${auth.audience}`}; its secret is stored and goes ${auth.send === "basic" ? "in the Authorization header" : "in the body"}`;
  }
}

export const authKinds: Record<ProviderAuth["kind"], string> = {
  none: "None",
  header: "A header with a secret",
  basic: "User and password (Basic)",
  standard_webhooks: "Signature (Standard Webhooks)",
  oauth2_client_credentials: "Token (OAuth 2 client credentials)",
};

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** What a rule makes of an answer. */
const ruleOutcomes: Record<Outcome, string> = {
  delivered: "counts as delivered",
  duplicate: "counts as delivered (had it already)",
  invalid: "means that it refuses the data",
  unauthorized: "means that it refuses our credentials",
  throttled: "means too many requests: it is asked again later",
  unavailable: "means that it is not available: it is tried again",
  ambiguous: "may have been delivered: it is tried again with the same key",
  unexpected: "is unexpected: it is tried again",
};

/** `409 with $.code = DUPLICATE`. */
export function whenWords({ status, header, jsonPath, body, equals, matches }: RuleWhen): string {
  const test = testWords(equals, matches);
  const parts = [
    header === undefined ? null : `the header ${header}${test}`,
    jsonPath === undefined ? null : `${jsonPath}${test}`,
    body === undefined ? null : `a body like /${body}/`,
  ].filter((part) => part !== null);
  const what = status === undefined ? "Any answer" : String(status);
  return parts.length === 0 ? what : `${what} with ${parts.join(" and ")}`;
}

function testWords(equals: RuleWhen["equals"], matches: string | undefined): string {
  if (equals !== undefined) return ` = ${equals}`;
  return matches === undefined ? "" : ` like /${matches}/`;
}

/** `409 with $.code = DUPLICATE counts as delivered (had it already)`. */
export function ruleWords({ when, outcome, team, say }: Rule): string {
  const whose = team === undefined ? "" : `, for the ${team === "technical" ? "technical" : "data"} team`;
  const said = say === undefined ? "" : `; it reads “${say}”`;
  return `${whenWords(when)} ${ruleOutcomes[outcome]}${whose}${said}`;
}

export const scheduleWords = ({ name, cron, run }: Schedule): string => `${name}: ${run} at ${cron}`;

export function healthWords(health: ProviderPolicy["health"]): string[] {
  if (health === null) return ["none"];
  const { url, method, everyMs, timeoutMs, expect, slowMs, ill } = health;
  const slow = slowMs === null ? "" : `, within ${duration(slowMs)}`;
  return [
    `${method} ${url} every ${duration(everyMs)} expects ${expect}${slow}; it gives up after ${duration(timeoutMs)}`,
    ...ill.map((when) => `${whenWords(when)} counts as ill`),
  ];
}

/** For how long a dedupe key holds. */
export const periodWords: Record<Period, string> = {
  hour: "hour",
  day: "day",
  week: "week (from Monday)",
  month: "month",
};

export const onInvalidWords: Record<ProviderPolicy["onInvalid"], string> = {
  fail: "waits for a person",
  discard: "is dropped, with a trace",
};

/** What may go at what pace; nothing when nothing is limited. */
export function limitWords({ perSecond, perMinute, perDay, perRun, runEveryMs }: ProviderPolicy["limits"]) {
  return [
    perSecond === null ? null : `${number(perSecond)} a second`,
    perMinute === null ? null : `${number(perMinute)} a minute`,
    perDay === null ? null : `${number(perDay)} a day`,
    perRun === null ? null : `${number(perRun)} a run, one run every ${duration(runEveryMs)}`,
  ].filter((limit) => limit !== null);
}

/** `London time (Europe/London)`. */
export const zoneInFull = (zone: string): string =>
  zoneWords(zone) === zone ? zone : `${zoneWords(zone)} (${zone})`;

export const outcomeChoices = (Object.keys(ruleOutcomes) as Outcome[]).map((value) => ({
  value,
  label: `${outcomeWords[value]}: ${ruleOutcomes[value]}`,
}));
