// The audit and the events of the installation.
import { Audit, AuditQuery, SystemEvents, SystemEventsQuery } from "#lib/contract/audit.ts";
import { operation } from "#lib/contract/operation.ts";

const tag = "Audit";

export const listAudit = operation({
  id: "listAudit",
  method: "GET",
  path: "/audit",
  tag,
  summary: "Who did what, the newest first",
  may: "see",
  query: AuditQuery,
  output: Audit,
  example: {
    query: { subjectKind: "provider", subjectId: "ats" },
    output: {
      items: [
        {
          id: 4_711,
          at: "2026-03-01T14:00:05.123456Z",
          actor: "Ada <ada@example.org>",
          action: "provider.paused",
          subjectKind: "provider",
          subjectId: "ats",
          reason: "they migrate",
          detail: { until: null },
        },
      ],
      next: null,
    },
  },
});

export const listEvents = operation({
  id: "listEvents",
  method: "GET",
  path: "/events",
  tag,
  summary: "What happened to the installation, the newest first",
  description: "Breakers that turned, pauses, changes of configuration, releases, and bulk operations.",
  may: "see",
  query: SystemEventsQuery,
  output: SystemEvents,
  example: {
    query: { kind: "breaker" },
    output: {
      items: [
        {
          id: "breaker-12",
          at: "2026-03-01T13:55:00.5Z",
          kind: "breaker",
          action: "breaker.open",
          provider: "ats",
          subject: null,
          actor: null,
          reason: "12 of 20 failed (503)",
          detail: { breakerWas: "closed", failed: 12 },
        },
      ],
      next: null,
    },
  },
});
