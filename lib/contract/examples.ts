import type { Failure } from "#lib/contract/failure.ts";
import type { FailureGroup, GroupAct } from "#lib/contract/group.ts";
import { ProviderPolicy } from "#lib/contract/policy.ts";
import type {
  BatchChange,
  Provider,
  ProviderAct,
  ProviderState,
  ProviderSummary,
  ThroughputPoint,
} from "#lib/contract/provider.ts";
import type { RecordAct, RecordDetail, RecordSummary } from "#lib/contract/record.ts";

export const recordId = "019f0000-0000-7000-8000-000000000007";
export const groupId = "7d6bf2a1-43c4-4e4b-9f5e-0f6f2b1c9a10";
export const ada = "Ada Lovelace <ada@example.com>";
export const at = "2026-11-21T14:00:00.000000Z";
export const later = "2026-11-21T14:02:05.123456Z";

export const record: RecordSummary = {
  id: recordId,
  provider: "ats",
  status: "failed",
  attempts: 5,
  type: "result",
  subject: "Candidate 7",
  owner: "customer-42",
  correlationId: "exam-7",
  createdAt: at,
  settledAt: null,
  dueAt: null,
  lastError: "503 Service Unavailable",
};

export const failure: Failure = {
  id: recordId,
  state: "open",
  provider: "ats",
  providerName: "ATS",
  subject: "Candidate 7",
  owner: "customer-42",
  type: "result",
  correlationId: "exam-7",
  category: "technical",
  team: "technical",
  teamName: "Technical",
  teamKind: "technical",
  fingerprint: "ats:result:unavailable:503",
  outcome: "unavailable",
  statusCode: 503,
  message: "503 Service Unavailable",
  attempts: 5,
  failedAt: later,
  assignee: null,
  closedAt: null,
  closedBy: null,
  closedReason: null,
};

export const wholeRecord: RecordDetail = {
  ...record,
  providerName: "ATS",
  payload: { candidate: 7, score: 0.92 },
  payloadHidden: false,
  revisions: [],
  orderingKey: null,
  dedupeKey: null,
  skippedBy: null,
  failure: {
    category: failure.category,
    team: failure.team,
    teamName: failure.teamName,
    teamKind: failure.teamKind,
    outcome: failure.outcome,
    statusCode: failure.statusCode,
    failedAt: failure.failedAt,
    fingerprint: failure.fingerprint,
    assignee: failure.assignee,
  },
  events: [
    {
      at: later,
      kind: "failed",
      attempt: 5,
      outcome: "unavailable",
      status: 503,
      durationMs: 212,
      actor: null,
      reason: null,
      detail: { error: "503 Service Unavailable", body: "try again later" },
    },
  ],
};

export const retried: RecordAct = { id: recordId, status: "retrying", dueAt: later };
export const rejected: RecordAct = { id: recordId, status: "rejected", dueAt: null };
export const stillFailed: RecordAct = { id: recordId, status: "failed", dueAt: null };

export const group: FailureGroup = {
  id: groupId,
  fingerprint: failure.fingerprint,
  title: "503 Service Unavailable",
  provider: "ats",
  providerName: "ATS",
  type: "result",
  category: "technical",
  team: "technical",
  teamName: "Technical",
  teamKind: "technical",
  statusCode: 503,
  records: 12,
  total: 15,
  owners: 3,
  ownersAtLeast: false,
  openedAt: at,
  lastAt: later,
  changedAt: later,
  emptiedAt: null,
  resolvedAt: null,
  trend: [...Array(22).fill(0), 3, 12],
  isNew: true,
  isGrowing: true,
  isBackAgain: false,
  assignee: null,
  note: null,
  mutedUntil: null,
  touchedAt: null,
  touchedBy: null,
  lastAct: null,
  lastActBy: null,
  lastActAt: null,
  lastActRecords: null,
};
export const groupAct: GroupAct = { id: groupId, acted: 12, open: 0, by: ada, at: later };

export const provider: Provider = {
  ...ProviderPolicy.parse({ name: "ATS", url: "https://ats.example/results" }),
  slug: "ats",
  version: 3,
  updatedAt: at,
  updatedBy: ada,
};

export const providerState: ProviderState = {
  breaker: "closed",
  breakerReason: null,
  breakerSince: null,
  nextProbeAt: null,
  batchSize: 10,
  hold: null,
  holdUntil: null,
  holdReason: null,
  pausedBy: null,
  pauseReason: null,
  health: null,
  quota: null,
  redriving: 0,
  schedules: [],
  waiting: 4,
  retrying: 1,
  sending: 2,
  held: 0,
  failed: 12,
  oldestDueAt: at,
  owner: "worker-1",
};

export const providerAct: ProviderAct = {
  slug: "ats",
  breaker: "closed",
  hold: "paused",
  holdUntil: "2026-11-21T18:00:00.000000Z",
  pausedBy: ada,
  pauseReason: "they migrate",
  probeRequestedBy: null,
};

export const providerSummary: ProviderSummary = {
  slug: "ats",
  name: "ATS",
  builtIn: false,
  state: providerState,
  batchSizeMax: 10,
  shadow: false,
  percentage: 100,
  deliveredPerMinute: 240,
  successRate: 0.98,
  p95Ms: 180,
  sparkline: [38, 41, 40],
  drainSeconds: null,
};

export const point: ThroughputPoint = {
  at: "2026-11-21T14:00:00.000Z",
  delivered: 40,
  retried: 1,
  failed: 0,
  held: 0,
  backlog: 4,
  oldestMs: 320,
  batchSize: 10,
  p50Ms: 90,
  p95Ms: 180,
  p99Ms: 260,
  byOutcome: { delivered: 40, unavailable: 1 },
};

export const batchChange: BatchChange = {
  at,
  from: 10,
  to: 5,
  breaker: "closed",
  reason: "6 of the last 10 failed",
  figures: { failed: 6, of: 10 },
};
