// What a message says of a failure group or an alert, before it takes a channel's form: nothing in it depends on the moment
// at which it is made, so that a text that says the same is known to be the same.
import { exactly, number } from "#lib/core/counts.ts";
import type { AlertState, Severity } from "#lib/core/desk.ts";
import { severityOf } from "#lib/core/desk.ts";
import { whatMends } from "#lib/core/failure-words.ts";
import { person } from "#lib/core/person.ts";
import { duration, percent } from "#lib/core/spans.ts";
import type { FailureCategory } from "#lib/core/status.ts";

/** Words, and moments (ISO 8601) that each channel writes in its own way. */
export type Line = readonly (string | { at: string })[];
export type Fact = { name: string; value: Line };

/** What a person can do from a message about failures. */
export const messageActions = ["retry", "retry_one", "reject", "assign"] as const;
export type MessageAction = (typeof messageActions)[number];

export type MessageContent = {
  subject: "failures" | "alert" | "test";
  subjectId: string;
  severity: Severity;
  /** `settled`: a group of which nothing is open, or an alert that a person has acknowledged. */
  stage: "open" | "settled" | "resolved";
  /** One line, what a phone shows. */
  title: string;
  /** One sentence. */
  happened: string;
  /** Words of others: a provider's, a person's note. */
  quote: string | null;
  mend: string | null;
  facts: Fact[];
  /** Who did what. */
  acts: Line[];
  /** What is to be known beside it. */
  asides: Line[];
  /** What is offered; none once nothing is open. */
  actions: MessageAction[];
  /** How many records the actions are about. */
  open: number;
  link: string;
};

export type GroupToTell = {
  id: string;
  provider: string;
  providerName: string;
  type: string | null;
  category: FailureCategory;
  team: string;
  teamName: string;
  statusCode: number | null;
  /** The message of the first of them. */
  title: string;
  /** Open now, and all that came. */
  open: number;
  records: number;
  openedAt: string;
  lastAt: string;
  emptiedAt: string | null;
  resolvedAt: string | null;
  assignee: string | null;
  note: string | null;
  mutedUntil: string | null;
  lastAct: string | null;
  lastActBy: string | null;
  lastActAt: string | null;
  /** How many records that was about. */
  lastActRecords: number | null;
  /** Failures of this kind were resolved before, and have come back. */
  isBackAgain: boolean;
};

export type AlertToTell = {
  id: string;
  rule: string;
  kind: string;
  about: string;
  severity: Severity;
  state: AlertState;
  title: string;
  figures: Record<string, number | string | null>;
  openedAt: string;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  silencedUntil: string | null;
  silencedBy: string | null;
  resolvedAt: string | null;
};

export type Around = {
  /** The dashboard's own address, without a slash at its end. */
  address: string;
  /** The name of the channel that this message stands in for. */
  insteadOf: string | null;
};

export function groupMessage(group: GroupToTell, { address, insteadOf }: Around): MessageContent {
  const stage = group.resolvedAt !== null ? "resolved" : group.open === 0 ? "settled" : "open";
  return {
    subject: "failures",
    subjectId: group.id,
    severity: severityOf[group.category],
    stage,
    title: groupTitle(group, stage),
    happened: groupHappened[group.category](group.providerName, exactly(group.records, "record")),
    quote: group.title,
    mend: stage === "open" ? whatMends(group.category, "Run again") : null,
    facts: groupFacts(group),
    acts: groupActs(group),
    asides: [...standsIn(insteadOf), ...groupAsides(group)],
    actions: stage === "open" ? offered(group) : [],
    open: group.open,
    link: `${address}/failures?group=${group.id}`,
  };
}

function groupTitle({ open, records, providerName, isBackAgain }: GroupToTell, stage: string): string {
  if (stage === "resolved") return `Resolved: ${exactly(records, "failure")} at ${providerName}`;
  if (stage === "settled") return `Nothing open any more: ${exactly(records, "failure")} at ${providerName}`;
  return `${isBackAgain ? "Back again: " : ""}${exactly(open, "record")} failed at ${providerName}`;
}

const groupHappened: Record<FailureCategory, (provider: string, records: string) => string> = {
  technical: (provider, records) => `${provider} did not take ${records}. It said:`,
  client_data: (provider, records) => `${provider} refused the data of ${records}. It said:`,
  adapter_error: (provider, records) =>
    `The code that makes the requests for ${provider} broke on ${records}, before anything was sent:`,
  poison: (provider, records) =>
    `A worker stopped in the middle of sending ${records} to ${provider}, again and again:`,
};

function groupFacts({ open, records, openedAt, lastAt, teamName, type, statusCode, assignee }: GroupToTell) {
  const facts: Fact[] = [
    { name: "Open now", value: [`${number(open)} of ${number(records)}`] },
    { name: "Team", value: [teamName] },
    { name: "First", value: [{ at: openedAt }] },
    { name: "Last", value: [{ at: lastAt }] },
  ];
  if (type !== null) facts.push({ name: "Type", value: [type] });
  if (statusCode !== null) facts.push({ name: "Status", value: [String(statusCode)] });
  if (assignee !== null) facts.push({ name: "Looked after by", value: [person(assignee)] });
  return facts;
}

/** What people did last, as the group keeps it: how many records it was about, and what is open still. */
const did: Record<string, (records: string, group: GroupToTell) => string> = {
  retried: (records, { open }) => `ran ${open === 0 ? `all ${records}` : records} again`,
  rejected: (records, { open }) => `rejected ${open === 0 ? `all ${records}` : records}`,
  assigned: (_, { assignee, lastActBy }) =>
    assignee === null
      ? "gave this back"
      : assignee === lastActBy
        ? "took this on"
        : `gave this to ${person(assignee)}`,
  moved: (_, { teamName }) => `moved this to ${teamName}`,
  reopened: (records) => `reopened ${records}`,
  skipped: () => "let later records pass",
  retry_cancelled: (records) => `took the retry of ${records} back`,
};

function groupActs(group: GroupToTell): Line[] {
  const { lastAct, lastActBy, lastActAt, lastActRecords, emptiedAt, resolvedAt } = group;
  const acts: Line[] = [];
  if (lastAct !== null && lastActBy !== null && lastActAt !== null) {
    const words = did[lastAct]?.(number(lastActRecords ?? group.records), group) ?? `acted (${lastAct})`;
    acts.push([`${person(lastActBy)} ${words} at `, { at: lastActAt }, "."]);
  }
  if (resolvedAt !== null) acts.push(["Resolved at ", { at: resolvedAt }, "."]);
  else if (emptiedAt !== null) acts.push(["Nothing of it is open since ", { at: emptiedAt }, "."]);
  return acts;
}

function groupAsides({ note, mutedUntil }: GroupToTell): Line[] {
  const asides: Line[] = [];
  if (note !== null && note !== "") asides.push([`Note: ${note}`]);
  if (mutedUntil !== null) asides.push(["Muted until ", { at: mutedUntil }, "."]);
  return asides;
}

const offered = ({ open }: GroupToTell): MessageAction[] =>
  messageActions.filter((action) => action !== "retry_one" || open > 1);

export function alertMessage(alert: AlertToTell, { address, insteadOf }: Around): MessageContent {
  const { id, kind, severity, state, title, about, openedAt } = alert;
  const stage = state === "resolved" ? "resolved" : state === "acknowledged" ? "settled" : "open";
  return {
    subject: "alert",
    subjectId: id,
    severity,
    stage,
    title: stage === "resolved" ? `Resolved: ${title}` : title,
    happened: title,
    quote: null,
    mend: null,
    facts: [
      { name: "Severity", value: [severity] },
      ...(about === "" || kind === "failures" ? [] : [{ name: "About", value: [about] }]),
      { name: "Since", value: [{ at: openedAt }] },
      ...Object.entries(alert.figures)
        // Those two stand in the title, in words.
        .filter(([name, value]) => value !== null && name !== "provider" && name !== "hold")
        .slice(0, 6)
        .map(([name, value]) => figure(name, value)),
    ],
    acts: alertActs(alert),
    asides: standsIn(insteadOf),
    actions: [],
    open: 0,
    link: `${address}/alerts?tab=${state}`,
  };
}

function alertActs(alert: AlertToTell): Line[] {
  const { acknowledgedAt, acknowledgedBy, silencedUntil, silencedBy, resolvedAt } = alert;
  const acts: Line[] = [];
  if (acknowledgedAt !== null) {
    acts.push([`${person(acknowledgedBy ?? "Someone")} acknowledged it at `, { at: acknowledgedAt }, "."]);
  }
  if (silencedUntil !== null) {
    acts.push([`${person(silencedBy ?? "Someone")} silenced it until `, { at: silencedUntil }, "."]);
  }
  if (resolvedAt !== null) acts.push(["Resolved at ", { at: resolvedAt }, "."]);
  return acts;
}

/** `p95Ms` 2300 is "p95: 2.3 s". */
function figure(name: string, value: number | string | null): Fact {
  const words = name
    .replace(/(Ms|At)$/, "")
    .replace(/\B([A-Z])/g, " $1")
    .toLowerCase();
  const label = words.charAt(0).toUpperCase() + words.slice(1);
  if (typeof value === "string" && name.endsWith("At") && !Number.isNaN(Date.parse(value))) {
    return { name: label, value: [{ at: value }] };
  }
  if (typeof value !== "number") return { name: label, value: [String(value)] };
  if (name.endsWith("Ms")) return { name: label, value: [duration(value)] };
  if (/(share|rate)$/i.test(name) && value >= 0 && value <= 1)
    return { name: label, value: [percent(value)] };
  return { name: label, value: [Number.isInteger(value) ? number(value) : value.toFixed(1)] };
}

/** A person looks whether a channel works. */
export function testMessage(
  channel: { slug: string; name: string },
  by: string,
  address: string,
): MessageContent {
  return {
    subject: "test",
    subjectId: channel.slug,
    severity: "info",
    stage: "open",
    title: `A test of the channel ${channel.name}`,
    happened: `${person(by)} wanted to see whether messages arrive here. They do.`,
    quote: null,
    mend: null,
    facts: [],
    acts: [],
    asides: [],
    actions: [],
    open: 0,
    link: `${address}/settings/channels`,
  };
}

const standsIn = (insteadOf: string | null): Line[] =>
  insteadOf === null ? [] : [[`You get this here because the channel “${insteadOf}” can't be reached now.`]];
