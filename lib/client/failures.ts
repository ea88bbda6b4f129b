// Failures by page. The tabs are four views of one query.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { getJson, queryString } from "#lib/client/http.ts";
import type { Failures, FailuresQuery } from "#lib/contract/failure.ts";

export const failureTabs = ["all", "technical", "client_data", "rejected"] as const;
export type FailureTab = (typeof failureTabs)[number];

export type FailureFilter = { tab: FailureTab; provider: string | null; q: string };

const pageSize = 50;

/** What the API is asked for a page of failures. */
export function failuresInput({ tab, provider, q }: FailureFilter, after: string | null): FailuresQuery {
  return {
    state: tab === "rejected" ? "rejected" : "open",
    team: tab === "technical" || tab === "client_data" ? tab : undefined,
    provider: provider ?? undefined,
    q: q.trim() === "" ? undefined : q.trim(),
    after: after ?? undefined,
    limit: pageSize,
  };
}

export const failuresQuery = (filter: FailureFilter) =>
  infiniteQueryOptions({
    queryKey: ["failures", filter],
    queryFn: ({ pageParam, signal }) =>
      getJson<Failures>(`/failures${queryString(failuresInput(filter, pageParam))}`, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
