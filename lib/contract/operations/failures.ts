// Failures, one by one and by group.

import { z } from "zod";
import * as examples from "#lib/contract/examples.ts";
import { csvText, ExportFailuresQuery, failureColumns } from "#lib/contract/export.ts";
import { Failures, FailuresQuery } from "#lib/contract/failure.ts";
import {
  Assign,
  FailureGroup,
  FailureGroups,
  FailureGroupsQuery,
  GroupAct,
  GroupId,
  Move,
  MuteGroup,
  NoteGroup,
  RejectGroup,
  RetryGroup,
} from "#lib/contract/group.ts";
import { operation } from "#lib/contract/operation.ts";

export const listFailures = operation({
  id: "listFailures",
  method: "GET",
  path: "/failures",
  tag: "Failures",
  summary: "What waits for a person, with counts",
  may: "see",
  query: FailuresQuery,
  output: Failures,
  within: "records",
  example: {
    query: { provider: "ats" },
    output: {
      items: [examples.failure],
      next: null,
      counts: { technical: 12, client_data: 0, rejected: 3, teams: { technical: 12 } },
      lastDeliveryAt: examples.at,
    },
  },
});

export const exportFailures = operation({
  id: "exportFailures",
  method: "GET",
  path: "/failures.csv",
  tag: "Failures",
  summary: "All failures that a filter finds, as CSV, the newest first",
  description:
    "The list's filters, without pages and counts: it is read as fast as it is taken. A connection that ends without the last chunk has brought a part only. A text that a spreadsheet would take for a formula begins with an apostrophe.",
  may: "see",
  query: ExportFailuresQuery,
  answers: "text/csv",
  headers: ["content-disposition"],
  within: "records",
  example: {
    query: { provider: "ats", team: "technical" },
    text: csvText(failureColumns, [examples.failure]),
  },
});

export const listFailureGroups = operation({
  id: "listFailureGroups",
  method: "GET",
  path: "/failures/groups",
  tag: "Failures",
  summary: "Failures by group, those with the newest failure first",
  may: "see",
  query: FailureGroupsQuery,
  output: FailureGroups,
  example: { query: { team: "technical" }, output: { items: [examples.group], next: null } },
});

export const getFailureGroup = operation({
  id: "getFailureGroup",
  method: "GET",
  path: "/failures/groups/{id}",
  tag: "Failures",
  summary: "One group",
  may: "see",
  params: z.object({ id: GroupId }),
  output: FailureGroup,
  example: { params: { id: examples.groupId }, output: examples.group },
});

export const retryGroup = operation({
  id: "retryGroup",
  method: "POST",
  path: "/failures/groups/{id}/retry",
  tag: "Failures",
  summary: "Sends all open failures of a group again, or the oldest of them",
  // Which of the two is needed depends on the group's team.
  may: ["retry_technical", "retry_client_data"],
  params: z.object({ id: GroupId }),
  input: RetryGroup,
  output: GroupAct,
  example: {
    params: { id: examples.groupId },
    input: { first: 3, reason: "to see whether it helps" },
    output: { ...examples.groupAct, acted: 3, open: 9 },
  },
});

export const rejectGroup = operation({
  id: "rejectGroup",
  method: "POST",
  path: "/failures/groups/{id}/reject",
  tag: "Failures",
  summary: "Closes all open failures of a group unsent",
  // Which of the two is needed depends on the group's team.
  may: ["reject_technical", "reject_client_data"],
  params: z.object({ id: GroupId }),
  input: RejectGroup,
  output: GroupAct,
  example: {
    params: { id: examples.groupId },
    input: { reason: "sent by hand", code: "obsolete" },
    output: examples.groupAct,
  },
});

export const assignGroup = operation({
  id: "assignGroup",
  method: "POST",
  path: "/failures/groups/{id}/assign",
  tag: "Failures",
  summary: "Gives a group to a person, with what comes to it later",
  may: "assign",
  params: z.object({ id: GroupId }),
  input: Assign,
  output: GroupAct,
  example: {
    params: { id: examples.groupId },
    input: { assignee: "ada@example.com" },
    output: { ...examples.groupAct, open: 12 },
  },
});

export const moveGroup = operation({
  id: "moveGroup",
  method: "POST",
  path: "/failures/groups/{id}/move",
  tag: "Failures",
  summary: "Gives a group to another team, with what comes to it later",
  may: "assign",
  params: z.object({ id: GroupId }),
  input: Move,
  output: GroupAct,
  example: {
    params: { id: examples.groupId },
    input: { team: "client_data" },
    output: { ...examples.groupAct, open: 12 },
  },
});

export const noteGroup = operation({
  id: "noteGroup",
  method: "POST",
  path: "/failures/groups/{id}/note",
  tag: "Failures",
  summary: "Notes something at a group",
  may: "assign",
  params: z.object({ id: GroupId }),
  input: NoteGroup,
  output: GroupAct,
  example: {
    params: { id: examples.groupId },
    input: { note: "They know of it: ticket 4711." },
    output: { ...examples.groupAct, open: 12 },
  },
});

export const muteGroup = operation({
  id: "muteGroup",
  method: "POST",
  path: "/failures/groups/{id}/mute",
  tag: "Failures",
  summary: "No message about a group until a time",
  may: "assign",
  params: z.object({ id: GroupId }),
  input: MuteGroup,
  output: GroupAct,
  example: {
    params: { id: examples.groupId },
    input: { until: "2026-11-22T08:00:00Z" },
    output: { ...examples.groupAct, open: 12 },
  },
});
