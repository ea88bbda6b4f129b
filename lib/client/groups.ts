// Failure groups by page, one of them, and what may be done to a whole group.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { isTeamTab, type ListFilter } from "#lib/client/failures.ts";
import { getJson, queryString, sendJson } from "#lib/client/http.ts";
import type { FailureGroup, FailureGroups, FailureGroupsQuery, GroupAct } from "#lib/contract/group.ts";
import type { RejectRecord } from "#lib/contract/record.ts";

const pageSize = 50;

/** What the API is asked for a page of groups. Rejected records are in no group. */
export function groupsInput(
  { tab, provider, q }: ListFilter,
  me: string,
  after: string | null,
): FailureGroupsQuery {
  return {
    state: "open",
    team: isTeamTab(tab) ? tab : undefined,
    assignee: tab === "me" ? me : undefined,
    provider: provider ?? undefined,
    q: q.trim() === "" ? undefined : q.trim(),
    after: after ?? undefined,
    limit: pageSize,
  };
}

export const groupsQuery = (filter: ListFilter, me: string) => {
  const { tab, provider, q } = filter;
  return infiniteQueryOptions({
    queryKey: ["failures", "groups", { tab, provider, q, me: tab === "me" ? me : null }],
    queryFn: ({ pageParam, signal }) =>
      getJson<FailureGroups>(`/failures/groups${queryString(groupsInput(filter, me, pageParam))}`, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
};

const path = (id: string) => `/failures/groups/${encodeURIComponent(id)}`;

export const groupQuery = (id: string) =>
  queryOptions({
    queryKey: ["failures", "group", id],
    queryFn: ({ signal }) => getJson<FailureGroup>(path(id), signal),
  });

const act = (id: string, verb: string, body: object) =>
  sendJson<GroupAct>("POST", `${path(id)}/${verb}`, body);

/** `first`: only so many, the oldest. */
export const retryGroup = (id: string, first?: number) =>
  act(id, "retry", first === undefined ? {} : { first });
export const rejectGroup = (id: string, why: RejectRecord) => act(id, "reject", why);
/** `from`: who has it, as the presser sees it. */
export const assignGroup = (id: string, assignee: string | null, from: string | null) =>
  act(id, "assign", { assignee, from });
export const moveGroup = (id: string, team: string) => act(id, "move", { team });
export const noteGroup = (id: string, note: string | null) => act(id, "note", { note });
export const muteGroup = (id: string, until: string | null) => act(id, "mute", { until });
