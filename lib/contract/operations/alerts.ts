// Alerts, and the rules that make them.

import { z } from "zod";
import {
  AcknowledgeAlert,
  AlertActed,
  AlertRule,
  AlertRules,
  Alerts,
  AlertsQuery,
  CreateAlertRule,
  PatchAlertRule,
  Silence,
  Unsilence,
} from "#lib/contract/alert.ts";
import * as desk from "#lib/contract/desk-examples.ts";
import * as examples from "#lib/contract/examples.ts";
import { operation } from "#lib/contract/operation.ts";
import { Slug } from "#lib/contract/slug.ts";
import { WholeListQuery } from "#lib/contract/whole-list.ts";

export const listAlerts = operation({
  id: "listAlerts",
  method: "GET",
  path: "/alerts",
  tag: "Alerts",
  summary: "Alerts, the newest first",
  may: "see",
  query: AlertsQuery,
  output: Alerts,
  example: {
    query: { state: "open" },
    output: {
      items: [desk.alert],
      next: null,
      counts: { open: 1, acknowledged: 0, silenced: 0, resolved: 7 },
      evaluatedAt: examples.at,
    },
  },
});

export const acknowledgeAlert = operation({
  id: "acknowledgeAlert",
  method: "POST",
  path: "/alerts/{id}/acknowledge",
  tag: "Alerts",
  summary: "Says that somebody has it in hand",
  may: "operate",
  params: z.object({ id: z.guid() }),
  input: AcknowledgeAlert,
  output: AlertActed,
  example: {
    params: { id: desk.alertId },
    input: {},
    output: {
      ...desk.alert,
      state: "acknowledged",
      acknowledgedAt: examples.at,
      acknowledgedBy: examples.ada,
    },
  },
});

export const silenceAlert = operation({
  id: "silenceAlert",
  method: "POST",
  path: "/alerts/{id}/silence",
  tag: "Alerts",
  summary: "No message about an alert until a time",
  may: "operate",
  params: z.object({ id: z.guid() }),
  input: Silence,
  output: AlertActed,
  example: {
    params: { id: desk.alertId },
    input: { until: "2026-11-21T18:00:00Z", reason: "they migrate" },
    output: {
      ...desk.alert,
      silencedUntil: "2026-11-21T18:00:00.000000Z",
      silencedBy: examples.ada,
      silenceReason: "they migrate",
    },
  },
});

export const unsilenceAlert = operation({
  id: "unsilenceAlert",
  method: "POST",
  path: "/alerts/{id}/unsilence",
  tag: "Alerts",
  summary: "Ends the silence of an alert",
  may: "operate",
  params: z.object({ id: z.guid() }),
  input: Unsilence,
  output: AlertActed,
  example: { params: { id: desk.alertId }, input: {}, output: desk.alert },
});

export const listAlertRules = operation({
  id: "listAlertRules",
  method: "GET",
  path: "/alert-rules",
  tag: "Alerts",
  summary: "What is looked for",
  may: "see",
  query: WholeListQuery,
  output: AlertRules,
  example: { output: { items: [desk.alertRule], next: null } },
});

export const createAlertRule = operation({
  id: "createAlertRule",
  method: "POST",
  path: "/alert-rules",
  tag: "Alerts",
  summary: "Makes an alert rule",
  may: "manage_desk",
  input: CreateAlertRule,
  output: AlertRule,
  status: 201,
  headers: ["etag", "location"],
  example: {
    input: { slug: "breaker-open", name: "A breaker is open", kind: "breaker_open", severity: "critical" },
    output: desk.alertRule,
  },
});

export const patchAlertRule = operation({
  id: "patchAlertRule",
  method: "PATCH",
  path: "/alert-rules/{slug}",
  tag: "Alerts",
  summary: "Changes an alert rule",
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  input: PatchAlertRule,
  output: AlertRule,
  headers: ["etag"],
  ifMatch: true,
  example: {
    params: { slug: "breaker-open" },
    input: { forMs: 60_000 },
    output: { ...desk.alertRule, forMs: 60_000, version: 2 },
  },
});

export const deleteAlertRule = operation({
  id: "deleteAlertRule",
  method: "DELETE",
  path: "/alert-rules/{slug}",
  tag: "Alerts",
  summary: "Deletes an alert rule",
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  output: AlertRule,
  ifMatch: true,
  example: { params: { slug: "breaker-open" }, output: desk.alertRule },
});

export const silenceAlertRule = operation({
  id: "silenceAlertRule",
  method: "POST",
  path: "/alert-rules/{slug}/silence",
  tag: "Alerts",
  summary: "No message about all that a rule finds, until a time",
  may: "operate",
  params: z.object({ slug: Slug }),
  input: Silence,
  output: AlertRule,
  example: {
    params: { slug: "breaker-open" },
    input: { until: "2026-11-21T18:00:00Z", reason: "they migrate" },
    output: {
      ...desk.alertRule,
      silencedUntil: "2026-11-21T18:00:00.000000Z",
      silencedBy: examples.ada,
      silenceReason: "they migrate",
    },
  },
});

export const unsilenceAlertRule = operation({
  id: "unsilenceAlertRule",
  method: "POST",
  path: "/alert-rules/{slug}/unsilence",
  tag: "Alerts",
  summary: "Ends the silence of a rule",
  may: "operate",
  params: z.object({ slug: Slug }),
  input: Unsilence,
  output: AlertRule,
  example: { params: { slug: "breaker-open" }, input: {}, output: desk.alertRule },
});
