// Alerts by how they stand, their rules, and people's acts on both.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { getJson, queryString, sendJson } from "#lib/client/http.ts";
import {
  type AlertActed,
  type AlertList,
  type AlertRule,
  type AlertRules,
  type Alerts,
  type AlertsQuery,
  alertLists,
  type CreateAlertRule,
  type PatchAlertRule,
  type Silence,
} from "#lib/contract/alert.ts";

export const alertTabs = [...alertLists, "rules"] as const;
export type AlertTab = (typeof alertTabs)[number];

const pageSize = 50;

export const alertsInput = (state: AlertList, after: string | null): AlertsQuery => ({
  state,
  after: after ?? undefined,
  limit: pageSize,
});

export const alertsQuery = (state: AlertList) =>
  infiniteQueryOptions({
    queryKey: ["alerts", state],
    queryFn: ({ pageParam, signal }) =>
      getJson<Alerts>(`/alerts${queryString(alertsInput(state, pageParam))}`, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });

/** How many stand how, for the menu and the tabs. */
export const alertCountsQuery = () =>
  queryOptions({
    queryKey: ["alerts", "counts"],
    queryFn: async ({ signal }) => {
      const { counts, evaluatedAt } = await getJson<Alerts>("/alerts?limit=1", signal);
      return { counts, evaluatedAt };
    },
  });

export const alertRulesQuery = () =>
  queryOptions({
    queryKey: ["alert-rules"],
    queryFn: async ({ signal }) => (await getJson<AlertRules>("/alert-rules", signal)).items,
  });

const alertPath = (id: string) => `/alerts/${encodeURIComponent(id)}`;
const rulePath = (slug: string) => `/alert-rules/${encodeURIComponent(slug)}`;

export const acknowledgeAlert = (id: string) =>
  sendJson<AlertActed>("POST", `${alertPath(id)}/acknowledge`, {});
export const silenceAlert = (id: string, body: Silence) =>
  sendJson<AlertActed>("POST", `${alertPath(id)}/silence`, body);
export const unsilenceAlert = (id: string) => sendJson<AlertActed>("POST", `${alertPath(id)}/unsilence`, {});
export const silenceRule = (slug: string, body: Silence) =>
  sendJson<AlertRule>("POST", `${rulePath(slug)}/silence`, body);
export const unsilenceRule = (slug: string) => sendJson<AlertRule>("POST", `${rulePath(slug)}/unsilence`, {});
export const createRule = (body: Partial<CreateAlertRule>) =>
  sendJson<AlertRule>("POST", "/alert-rules", body);
/** Changes it, if it still is at the version that was read. */
export const patchRule = (slug: string, version: number, patch: PatchAlertRule) =>
  sendJson<AlertRule>("PATCH", rulePath(slug), patch, { "if-match": `"${version}"` });
export const deleteRule = (slug: string) => sendJson<AlertRule>("DELETE", rulePath(slug), undefined);
