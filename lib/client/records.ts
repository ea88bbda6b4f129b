// One record, and what may be done to it.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { getJson, queryString, sendJson, sendText } from "#lib/client/http.ts";
import type { ShownPayload } from "#lib/contract/payload.ts";
import type { RecordAct, RecordDetail, Records, RejectRecord } from "#lib/contract/record.ts";

export const recordQuery = (id: string) =>
  queryOptions({
    queryKey: ["records", id],
    queryFn: ({ signal }) => getJson<RecordDetail>(`/records/${encodeURIComponent(id)}`, signal),
  });

/** Records of one correlation id, newest first; the search finds parts of it too, so exact ones are picked here. */
export const flowQuery = (correlationId: string) =>
  infiniteQueryOptions({
    queryKey: ["records", "flow", correlationId],
    queryFn: ({ pageParam, signal }) =>
      getJson<Records>(`/records${queryString({ q: correlationId, after: pageParam, limit: 100 })}`, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    select: ({ pages }) =>
      pages
        .flatMap(({ items }) => items)
        .filter((record) => record.correlationId === correlationId)
        .reverse(),
  });

const act = (id: string, verb: string, body: object) =>
  sendJson<RecordAct>("POST", `/records/${encodeURIComponent(id)}/${verb}`, body);

export const retryRecord = (id: string) => act(id, "retry", {});
export const cancelRetry = (id: string) => act(id, "cancel", {});
export const rejectRecord = (id: string, why: RejectRecord) => act(id, "reject", why);
export const reopenRecord = (id: string) => act(id, "reopen", {});
export const skipRecord = (id: string, reason: string) => act(id, "skip", { reason });

/** `from`: who had it when one looked. */
export const assignRecord = (id: string, assignee: string | null, from: string | null) =>
  act(id, "assign", { assignee, from });
export const moveRecord = (id: string, team: string) => act(id, "move", { team });

/** The payload's text as it is stored; who may not see payloads says why, and it is kept with their name. */
export const showPayload = (id: string, reason?: string) =>
  sendJson<ShownPayload>("POST", `/records/${encodeURIComponent(id)}/payload`, { reason });

/** Sends a corrected payload in place of what failed. */
export const resendRecord = (id: string, { payload, reason }: { payload: string; reason: string }) =>
  sendText<RecordAct>(
    "POST",
    `/records/${encodeURIComponent(id)}/retry`,
    `{"reason":${JSON.stringify(reason)},"payload":${payload}}`,
  );
