// Failures by page. The tabs are views of one query: everybody's, the reader's own, each team's, and what was rejected.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { getJson, queryString } from "#lib/client/http.ts";
import type { Failures, FailuresQuery } from "#lib/contract/failure.ts";

export const failureViews = ["list", "groups"] as const;
export type FailureView = (typeof failureViews)[number];

/** `tab` is `all`, `me`, `rejected`, or a team's slug. `group` is the id of the one group whose failures are listed. */
export type FailureFilter = ListFilter & { view: FailureView; group: string | null };
export type ListFilter = { tab: string; provider: string | null; q: string };

const ownTabs = ["all", "me", "rejected"];
export const isTeamTab = (tab: string): boolean => !ownTabs.includes(tab);

/** Who reads, as failures name their assignee. */
export const meOf = ({ name, email }: { name: string; email: string }): string => `${name} <${email}>`;

const pageSize = 50;

/** `me` counts on the reader's own tab alone; `fingerprint` is of one group. */
type Given = { me?: string; fingerprint?: string };

/** What the API is asked for a page of failures. */
export function failuresInput(
  { tab, provider, q }: ListFilter,
  { me, fingerprint }: Given,
  after: string | null,
): FailuresQuery {
  return {
    state: tab === "rejected" ? "rejected" : "open",
    team: isTeamTab(tab) ? tab : undefined,
    assignee: tab === "me" ? me : undefined,
    fingerprint,
    provider: provider ?? undefined,
    q: q.trim() === "" ? undefined : q.trim(),
    after: after ?? undefined,
    limit: pageSize,
  };
}

export const failuresQuery = (filter: ListFilter, given: Given = {}) => {
  const { tab, provider, q } = filter;
  const { me, fingerprint = null } = given;
  return infiniteQueryOptions({
    queryKey: ["failures", "list", { tab, provider, q, fingerprint, me: tab === "me" ? me : null }],
    queryFn: ({ pageParam, signal }) =>
      getJson<Failures>(`/failures${queryString(failuresInput(filter, given, pageParam))}`, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
};

/** The address of the whole list as a file; Excel knows by its mark that it is UTF-8. */
export function exportAddress(filter: ListFilter, given: Given): string {
  const { after: _, limit: __, ...asked } = failuresInput(filter, given, null);
  return `/api/v1/failures.csv${queryString({ ...asked, bom: "1" })}`;
}

/** What the tabs count under a filter: of everybody's, or of one person's. */
export function countsInput({ provider, q }: ListFilter, assignee?: string): FailuresQuery {
  return {
    state: "open",
    assignee,
    provider: provider ?? undefined,
    q: q.trim() === "" ? undefined : q.trim(),
    limit: 1,
  };
}

export const countsQuery = (filter: ListFilter, assignee?: string) =>
  queryOptions({
    queryKey: ["failures", "counts", { provider: filter.provider, q: filter.q }, assignee ?? null],
    queryFn: async ({ signal }) =>
      (await getJson<Failures>(`/failures${queryString(countsInput(filter, assignee))}`, signal)).counts,
  });

export const openOf = ({ teams }: Failures["counts"]): number =>
  Object.values(teams).reduce((sum, one) => sum + one, 0);

/** Rejected records are in no group, and the failures of one group are a list. */
export const isShownAsGroups = ({ tab, view, group }: FailureFilter): boolean =>
  view === "groups" && group === null && tab !== "rejected";
