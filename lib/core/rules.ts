// A provider's own rules: which of its answers mean what, whose trouble that is, and how it is told to people.
// The first rule that fits decides; all its conditions must hold. Rules are written by people, answers by strangers:
// a condition that can't be read fits nothing, and nothing here throws.
import { jsonPathProblem, valuesAt } from "#lib/core/json-path.ts";
import type { Outcome } from "#lib/core/outcome.ts";
import { matches, patternProblem } from "#lib/core/pattern.ts";
import { providerWords } from "#lib/core/provider-words.ts";
import type { Reply } from "#lib/core/reply.ts";
import type { Team } from "#lib/core/status.ts";

export type RuleWhen = {
  /** Left out: any. */
  status?: number | "1xx" | "2xx" | "3xx" | "4xx" | "5xx";
  /** A response header's name, in any case. Without `equals` and `matches`: it is there. */
  header?: string;
  /** Into a JSON body; fits when any value found does. Without `equals` and `matches`: there is one. */
  jsonPath?: string;
  /** A regular expression, somewhere in the body. */
  body?: string;
  /** What the header says, as text; or what stands at `jsonPath`, of the same type. */
  equals?: string | number | boolean | null;
  /** A regular expression, somewhere in what the header says or in what stands at `jsonPath`. */
  matches?: string;
};

export type Rule = {
  when: RuleWhen;
  outcome: Outcome;
  /** Whose trouble a failure is; left out: the outcome's usual team. */
  team?: Team;
  /** The sentence for people, see `sayWords`. */
  say?: string;
};

type Response = Extract<Reply, { kind: "response" }>;

/** The first rule that fits the answer. */
export function firstMatch(rules: readonly Rule[], reply: Response): Rule | null {
  const fits = fitting(reply);
  return rules.find(({ when }) => fits(when)) ?? null;
}

/** Whether conditions fit an answer, whose JSON is read at most once however many are asked. */
export function fitting(reply: Response): (when: RuleWhen) => boolean {
  const json = jsonOf(reply);
  return (when) =>
    statusFits(when.status, reply.status) &&
    headerFits(when, reply) &&
    (when.body === undefined || matches(when.body, reply.body)) &&
    jsonFits(when, json);
}

const statusFits = (wanted: RuleWhen["status"], status: number): boolean =>
  wanted === undefined || wanted === status || wanted === classOf(status);

/** 409 → "4xx" */
const classOf = (status: number): string => `${Math.floor(status / 100)}xx`;

function headerFits({ header, equals, matches: pattern }: RuleWhen, reply: Response): boolean {
  if (header === undefined) return true;
  const value = headerOf(reply, header);
  if (value === undefined || (equals !== undefined && value !== String(equals))) return false;
  return pattern === undefined || matches(pattern, value);
}

function headerOf({ headers }: Response, name: string): string | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(headers, key) ? headers[key] : undefined;
}

function jsonFits({ jsonPath, equals, matches: pattern }: RuleWhen, json: () => unknown): boolean {
  if (jsonPath === undefined) return true;
  return found(jsonPath, json()).some((value) => {
    if (equals !== undefined && value !== equals) return false;
    return pattern === undefined || (isPlain(value) && matches(pattern, String(value)));
  });
}

const found = (path: string, json: unknown): unknown[] => (json === undefined ? [] : valuesAt(path, json));

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** The body as JSON, read when it is first asked for; undefined when it is cut short or no JSON. */
function jsonOf(reply: Response): () => unknown {
  let read: { json: unknown } | null = null;
  return () => {
    read ??= { json: reply.truncated ? undefined : parsed(reply.body) };
    return read.json;
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

// ── what people read ─────────────────────────────────────────────────────────────────────────────────────────────────

const longestSay = 500;
const longestSaid = 200;
const placeholder = /\{([^{}]*)\}/g;

/**
 * A rule's sentence for one answer: one line, at most 200 characters. It may hold `{status}`, `{words}` (the provider's
 * own), `{header:x-name}` and `{$.json.path}`; what the answer doesn't have reads "…".
 */
export function sayWords(say: string, reply: Response): string {
  const json = jsonOf(reply);
  const said = say
    .slice(0, longestSay)
    .replace(placeholder, (_whole, name: string) => placed(name, reply, json) ?? "…");
  return oneLine(said);
}

function placed(name: string, reply: Response, json: () => unknown): string | null {
  if (name === "status") return String(reply.status);
  if (name === "words") return providerWords(reply.body);
  if (name.startsWith("header:")) return headerOf(reply, name.slice("header:".length)) || null;
  if (!name.startsWith("$")) return null;
  const value = found(name, json()).find(isPlain);
  return value === undefined || value === "" ? null : String(value);
}

function oneLine(text: string): string {
  // A value can be megabytes long.
  const line = text
    .slice(0, 10 * longestSaid)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, " ")
    .trim();
  if (line.length <= longestSaid) return line;
  const head = line.slice(0, longestSaid - 1).toWellFormed();
  return `${head.trimEnd()}…`;
}

/** What is wrong with a sentence's template, as half a sentence for people; null when nothing is. */
export function sayProblem(template: string): string | null {
  if (template.trim() === "") return "is empty; leave it out for the usual words";
  if (template.length > longestSay) return `has ${template.length} characters; it may have ${longestSay}`;
  if (/[{}]/.test(template.replace(placeholder, ""))) return "has a { or } without its other half";
  for (const [, name = ""] of template.matchAll(placeholder)) {
    const problem = placeholderProblem(name);
    if (problem !== null) return problem;
  }
  return null;
}

function placeholderProblem(name: string): string | null {
  if (name === "status" || name === "words") return null;
  if (name.startsWith("header:") && isHeaderName(name.slice("header:".length))) return null;
  if (!name.startsWith("$"))
    return `knows no {${name}}; write {status}, {words}, {header:x-name} or {$.json.path}`;
  const problem = jsonPathProblem(name);
  return problem === null ? null : `has {${name}}, which ${problem}`;
}

const isHeaderName = (name: string): boolean => /^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name);

// ── what is wrong with a rule ────────────────────────────────────────────────────────────────────────────────────────

/** The member that is wrong, like `when.jsonPath`, and half a sentence for people about it. */
export type RuleProblem = { field: string; message: string };

export const ruleProblem = ({ when, outcome, team, say }: Rule): RuleProblem | null =>
  whenProblem(when) ??
  named("team", team === undefined ? null : teamProblem(outcome)) ??
  named("say", say === undefined ? null : sayProblem(say));

const named = (field: string, message: string | null): RuleProblem | null =>
  message === null ? null : { field, message };

/** Outcomes after which a record can be left to people. */
const failing: readonly Outcome[] = ["invalid", "unavailable", "ambiguous", "unexpected"];

const teamProblem = (outcome: Outcome): string | null =>
  failing.includes(outcome)
    ? null
    : `means nothing beside ${outcome}, which never becomes a failure; leave it out`;

function whenProblem(when: RuleWhen): RuleProblem | null {
  const { status, header, jsonPath, body } = when;
  if (status === undefined && header === undefined && jsonPath === undefined && body === undefined)
    return named("when", "is empty; name a status, a header, a JSONPath or a body");
  if (header !== undefined && jsonPath !== undefined)
    return named("when.jsonPath", "stands beside a header; write a rule for each");
  return (
    testProblem(when) ??
    named("when.header", header === undefined || isHeaderName(header) ? null : "is no header's name") ??
    named("when.jsonPath", jsonPath === undefined ? null : jsonPathProblem(jsonPath)) ??
    named("when.body", body === undefined ? null : patternProblem(body)) ??
    named("when.matches", when.matches === undefined ? null : patternProblem(when.matches))
  );
}

function testProblem({ header, jsonPath, equals, matches: pattern }: RuleWhen): RuleProblem | null {
  if (equals !== undefined && pattern !== undefined)
    return named("when.matches", "stands beside equals; keep one of the two");
  if (header !== undefined || jsonPath !== undefined) return null;
  if (equals !== undefined) return named("when.equals", "needs a header or a JSONPath to look at");
  if (pattern !== undefined) return named("when.matches", "needs a header or a JSONPath to look at");
  return null;
}

// ── rules that can never be the first ────────────────────────────────────────────────────────────────────────────────

/** The first rule that an earlier one always takes the answers of. Sound, not complete: it compares words, not meanings. */
export function shadowed(rules: readonly Rule[]): { index: number; by: number } | null {
  for (const [index, { when }] of rules.entries()) {
    const by = rules.slice(0, index).findIndex((earlier) => covers(earlier.when, when));
    if (by >= 0) return { index, by };
  }
  return null;
}

/** Whether the one fits wherever the other does. */
const covers = (one: RuleWhen, other: RuleWhen): boolean =>
  statusCovers(one.status, other.status) &&
  (one.header === undefined ||
    (one.header.toLowerCase() === other.header?.toLowerCase() && testCovers(one, other))) &&
  (one.jsonPath === undefined || (one.jsonPath === other.jsonPath && testCovers(one, other))) &&
  (one.body === undefined || one.body === other.body);

const statusCovers = (one: RuleWhen["status"], other: RuleWhen["status"]): boolean =>
  one === undefined || one === other || (typeof other === "number" && one === classOf(other));

const testCovers = (one: RuleWhen, other: RuleWhen): boolean =>
  (one.equals === undefined || one.equals === other.equals) &&
  (one.matches === undefined || one.matches === other.matches);
