// One record, and what may be done to it.
import { queryOptions } from "@tanstack/react-query";
import { getJson, sendJson } from "#lib/client/http.ts";
import type { RecordAct, RecordDetail, RejectRecord } from "#lib/contract/record.ts";

export const recordQuery = (id: string) =>
  queryOptions({
    queryKey: ["records", id],
    queryFn: ({ signal }) => getJson<RecordDetail>(`/records/${encodeURIComponent(id)}`, signal),
  });

const act = (id: string, verb: string, body: object) =>
  sendJson<RecordAct>("POST", `/records/${encodeURIComponent(id)}/${verb}`, body);

export const retryRecord = (id: string) => act(id, "retry", {});
export const cancelRetry = (id: string) => act(id, "cancel", {});
export const rejectRecord = (id: string, why: RejectRecord) => act(id, "reject", why);
export const reopenRecord = (id: string) => act(id, "reopen", {});
export const skipRecord = (id: string, reason: string) => act(id, "skip", { reason });
