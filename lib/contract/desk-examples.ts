// What the API's description shows of the desk: alerts, canaries, channels, teams, people, and end users.
import type { Alert, AlertRule } from "#lib/contract/alert.ts";
import type { Canary, CanaryRun } from "#lib/contract/canary.ts";
import type { Channel, Route } from "#lib/contract/channel.ts";
import { ada, at, later, recordId } from "#lib/contract/examples.ts";
import type { Person } from "#lib/contract/person.ts";
import { type MyRecord, PortalSettings } from "#lib/contract/portal.ts";
import { Knobs, type SimulatedProvider } from "#lib/contract/simulator.ts";
import type { Team } from "#lib/contract/team.ts";

export const alertId = "2f0a53a2-7a53-4b8c-8d57-6c6a0f1f6c11";
export const personId = "c0a8f1de-2a6b-4a53-9f0e-0d5b1f7a6e12";

export const alert: Alert = {
  id: alertId,
  rule: "breaker-open",
  ruleName: "A breaker is open",
  kind: "breaker_open",
  about: "ats",
  provider: "ats",
  severity: "critical",
  state: "open",
  title: "ATS takes nothing: its breaker is open",
  figures: { forMs: 125_000 },
  openedAt: at,
  lastAt: later,
  changedAt: at,
  acknowledgedAt: null,
  acknowledgedBy: null,
  silencedUntil: null,
  silencedBy: null,
  silenceReason: null,
  resolvedAt: null,
};

export const alertRule: AlertRule = {
  slug: "breaker-open",
  name: "A breaker is open",
  kind: "breaker_open",
  severity: "critical",
  provider: null,
  params: { calmMs: 30_000, exceptProviders: [] },
  forMs: 0,
  enabled: true,
  silencedUntil: null,
  silencedBy: null,
  silenceReason: null,
  version: 1,
  updatedAt: at,
  updatedBy: ada,
};

export const canaryRun: CanaryRun = {
  dueAt: at,
  startedBy: "Redrive",
  startedAt: at,
  endedAt: "2026-11-21T14:00:00.412000Z",
  state: "ok",
  tookMs: 412,
  error: null,
  recordId,
};

export const canary: Canary = {
  slug: "ats-ping",
  provider: "ats",
  providerName: "ATS",
  builtIn: false,
  cron: "*/5 * * * *",
  timeZone: "UTC",
  payload: { candidate: 0 },
  payloadHidden: false,
  expect: { status: 200 },
  limitMs: 30_000,
  enabled: true,
  version: 1,
  updatedAt: at,
  updatedBy: ada,
  state: "ok",
  nextAt: "2026-11-21T14:05:00.000Z",
  runs: [canaryRun],
};

export const channel: Channel = {
  slug: "desk",
  name: "The desk's Slack",
  provider: "slack",
  address: "C0123456789",
  fallback: null,
  enabled: true,
  kind: "slack",
  providerName: "Slack",
  hold: null,
  lastSentAt: later,
  version: 1,
  updatedAt: at,
  updatedBy: ada,
};

export const route: Route = {
  id: "0b1c2d3e-4f50-4a61-8b72-9c83ad94be13",
  subject: "failures",
  channel: "desk",
  team: "technical",
  provider: null,
  severity: "info",
};

export const team: Team = {
  slug: "payments",
  name: "Payments",
  kind: "technical",
  position: 10,
  rules: [{ provider: "psp", type: null, category: null, statusCode: null, contains: null }],
  builtIn: false,
};

export const person: Person = {
  id: personId,
  name: "Ada Lovelace",
  email: "ada@example.com",
  role: "admin",
  slackUserId: "U0123ABCD",
  isDisabled: false,
};

export const portalSettings = PortalSettings.parse({
  hostName: "Example",
  hostUrl: "https://app.example.com",
  frameAncestors: ["https://app.example.com"],
  css: { accent: "#1864ab" },
});

export const myRecord: MyRecord = {
  id: recordId,
  title: "Candidate 7",
  to: "ATS",
  card: "needs_you",
  headline: "Not delivered",
  meta: "14:02 · tried 5 times",
  says: "ATS did not answer.",
  buttons: ["retry"],
  createdAt: at,
  settledAt: null,
  undoUntil: null,
  triesLeft: 3,
  triesAgainAt: null,
};

export const simulated: SimulatedProvider = {
  slug: "ats",
  knobs: Knobs.parse({ outage: "503" }),
  inFlight: 0,
  peakInFlight: 10,
  connections: 3,
  peakConnections: 10,
  connectionsOpened: 14,
  received: 1_024,
  accepted: 1_000,
  keys: 1_000,
  doubled: 0,
  tokensIssued: 0,
};
