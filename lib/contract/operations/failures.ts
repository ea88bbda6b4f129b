// Failures, one by one and by group.
import { z } from "zod";
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
});
