// Every setting of a policy by its path on the wire, with its name and its value in words: what a change lists, and what an
// error is told beside. In the order of the form.
import { duration, number, percent } from "#lib/client/formats.ts";
import {
  authWords,
  healthWords,
  onInvalidWords,
  periodWords,
  ruleWords,
  scheduleWords,
  windowWords,
} from "#lib/client/policy-words.ts";
import type { ProviderPolicy } from "#lib/contract/policy.ts";

export type PolicyField = {
  path: string;
  name: string;
  /** The value as lines of words; a list has one a line. */
  words: (policy: ProviderPolicy) => string[];
};

const one = (words: string | number): string[] => [String(words)];
const ms = (value: number): string[] => one(Number.isFinite(value) ? duration(value) : "–");
const figure = (value: number): string[] => one(Number.isFinite(value) ? number(value) : "–");
const limit = (value: number | null): string[] => (value === null ? ["no limit"] : figure(value));
const onOff = (on: boolean): string[] => [on ? "on" : "off"];

export const policyFields: readonly PolicyField[] = [
  { path: "name", name: "Name", words: ({ name }) => one(name) },
  { path: "url", name: "Address", words: ({ url }) => one(url) },
  { path: "method", name: "Method", words: ({ method }) => one(method) },
  { path: "adapter", name: "Adapter", words: ({ adapter }) => one(adapter) },
  {
    path: "options",
    name: "Adapter options",
    words: ({ options }) => one(Object.keys(options).length === 0 ? "none" : JSON.stringify(options)),
  },
  { path: "batchSizeMax", name: "Records at once", words: (policy) => figure(policy.batchSizeMax) },
  { path: "connectionsMax", name: "Connections", words: (policy) => figure(policy.connectionsMax) },
  { path: "slowMs", name: "Slow means", words: ({ slowMs }) => ms(slowMs) },
  { path: "timeoutMs.connect", name: "Time to connect", words: ({ timeoutMs }) => ms(timeoutMs.connect) },
  { path: "timeoutMs.headers", name: "Time to answer", words: ({ timeoutMs }) => ms(timeoutMs.headers) },
  { path: "timeoutMs.total", name: "Time in all", words: ({ timeoutMs }) => ms(timeoutMs.total) },
  { path: "backoff.baseMs", name: "First wait", words: ({ backoff }) => ms(backoff.baseMs) },
  { path: "backoff.factor", name: "Each wait times", words: ({ backoff }) => one(backoff.factor) },
  { path: "backoff.jitter", name: "Give or take", words: ({ backoff }) => one(percent(backoff.jitter)) },
  { path: "backoff.attemptsMax", name: "Tries", words: ({ backoff }) => figure(backoff.attemptsMax) },
  { path: "breaker.probeEveryMs", name: "Test every", words: ({ breaker }) => ms(breaker.probeEveryMs) },
  {
    path: "breaker.goodTrials",
    name: "Good tests needed",
    words: ({ breaker }) => figure(breaker.goodTrials),
  },
  { path: "limits.perSecond", name: "A second", words: ({ limits }) => limit(limits.perSecond) },
  { path: "limits.perMinute", name: "A minute", words: ({ limits }) => limit(limits.perMinute) },
  { path: "limits.perDay", name: "Daily quota", words: ({ limits }) => limit(limits.perDay) },
  { path: "limits.perRun", name: "Records a run", words: ({ limits }) => limit(limits.perRun) },
  { path: "limits.runEveryMs", name: "A run every", words: ({ limits }) => ms(limits.runEveryMs) },
  { path: "windows.timeZone", name: "Time zone", words: ({ windows }) => one(windows.timeZone) },
  {
    path: "windows.deliver",
    name: "Delivery windows",
    words: ({ windows }) => listed(windows.deliver.map(windowWords), "always"),
  },
  {
    path: "windows.maintenance",
    name: "Maintenance windows",
    words: ({ windows }) => listed(windows.maintenance.map(windowWords), "none"),
  },
  { path: "health", name: "Health check", words: ({ health }) => healthWords(health) },
  { path: "auth", name: "Authentication", words: ({ auth }) => one(authWords(auth)) },
  { path: "rules", name: "Error rules", words: ({ rules }) => listed(rules.map(ruleWords), "none") },
  { path: "onInvalid", name: "Refused data", words: (policy) => one(onInvalidWords[policy.onInvalid]) },
  { path: "keepResponse", name: "Keep answers", words: ({ keepResponse }) => onOff(keepResponse) },
  { path: "dedupePeriod", name: "Dedupe period", words: (policy) => one(periodWords[policy.dedupePeriod]) },
  { path: "autoRedrive", name: "Failures come back", words: ({ autoRedrive }) => onOff(autoRedrive) },
  {
    path: "edit.allowed",
    name: "May be corrected by all who may correct",
    words: ({ edit }) => listed([...edit.allowed].map(placeWords), "nothing"),
  },
  {
    path: "edit.locked",
    name: "Locked against correction",
    words: ({ edit }) => listed([...edit.locked].map(placeWords), "nothing"),
  },
  {
    path: "schedules",
    name: "Schedules",
    words: ({ schedules }) => listed(schedules.map(scheduleWords), "none"),
  },
  { path: "flags.enabled", name: "Delivery", words: ({ flags }) => onOff(flags.enabled) },
  { path: "flags.shadow", name: "Shadow", words: ({ flags }) => onOff(flags.shadow) },
  { path: "flags.percentage", name: "Share sent", words: ({ flags }) => one(`${flags.percentage} %`) },
];

/** A JSON Pointer; the empty one is all of it. */
const placeWords = (pointer: string): string => pointer || "the whole payload";

const listed = (lines: string[], none: string): string[] => (lines.length === 0 ? [none] : lines);

/** Members of list entries and of whole settings. */
const memberNames: Record<string, string> = {
  "windows.deliver": "Delivery window",
  "windows.maintenance": "Maintenance window",
  "edit.allowed": "What may be corrected",
  "edit.locked": "What is locked",
  rules: "Rule",
  // Of the settings' forms.
  items: "Route",
  slug: "Short name",
  kind: "Kind",
  position: "Place",
  provider: "Provider",
  address: "Address",
  fallback: "Stand-in",
  scopes: "May",
  providers: "Only these providers",
  owner: "Only this owner's records",
  expiresAt: "Expires",
  schedules: "Schedule",
  "health.ill": "Sign of illness",
  "health.everyMs": "Health check, asked every",
  "health.timeoutMs": "Health check, gives up after",
  "health.slowMs": "Health check, slow means",
  "health.url": "Health check, address",
  "health.expect": "Health check, expected status",
  "auth.name": "Authentication, header",
  "auth.value": "Authentication, value",
  "auth.user": "Authentication, user",
  "auth.password": "Authentication, password",
  "auth.secrets": "Authentication, secrets",
  "auth.tokenUrl": "Authentication, token address",
  "auth.clientId": "Authentication, client id",
  "auth.clientSecret": "Authentication, client secret",
  "auth.scope": "Authentication, scope",
  "auth.audience": "Authentication, audience",
};

const leafNames: Record<string, string> = {
  status: "status",
  header: "header",
  jsonPath: "JSON path",
  body: "body",
  equals: "value",
  matches: "pattern",
  outcome: "outcome",
  team: "team",
  say: "sentence",
  cron: "times",
  name: "name",
  run: "function",
  from: "from",
  to: "to",
  days: "days",
  contains: "message",
  statusCode: "HTTP status",
};

/** The name of an error's field: `rules.1.when.jsonPath` is "Rule 2, JSON path". */
export function fieldName(path: string): string {
  const known = memberNames[path] ?? policyFields.find((field) => field.path === path)?.name;
  const entry = /^(.+?)\.(\d+)(?:\.(?:when\.)?(\w+))?/.exec(path);
  if (entry === null) return known ?? path;
  const [, list = "", place, leaf] = entry;
  const where = `${memberNames[list] ?? list} ${Number(place) + 1}`;
  return leaf === undefined || !Number.isNaN(Number(leaf)) ? where : `${where}, ${leafNames[leaf] ?? leaf}`;
}
