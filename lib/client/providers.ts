// Providers: the list, one of them, its charts' data, and an operator's acts.
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { getJson, queryString, sendJson } from "#lib/client/http.ts";
import { boundsOf, extents, type Range } from "#lib/client/ranges.ts";
import type { PatchProvider } from "#lib/contract/policy.ts";
import type {
  BatchChanges,
  Provider,
  ProviderAct,
  ProviderSummary,
  ProviderWithState,
  StartedSchedule,
  Throughput,
} from "#lib/contract/provider.ts";
import type { Records } from "#lib/contract/record.ts";

type ProviderList = { items: ProviderSummary[]; next: string | null };

const path = (slug: string) => `/providers/${encodeURIComponent(slug)}`;

export const providersQuery = () =>
  queryOptions({
    queryKey: ["providers"],
    queryFn: async ({ signal }) => (await getJson<ProviderList>("/providers", signal)).items,
  });

export const providerQuery = (slug: string) =>
  queryOptions({
    queryKey: ["provider", slug],
    queryFn: ({ signal }) => getJson<ProviderWithState>(path(slug), signal),
  });

/** A chart is worth asking for again once a quarter of its point has gone by. */
const chartMeta = (range: Range) => ({ freshForMs: extents[range].step * 250 });

export const throughputQuery = (slug: string, range: Range) =>
  queryOptions({
    queryKey: ["throughput", slug, range],
    queryFn: ({ signal }) => {
      const query = queryString(boundsOf(range, Date.now()));
      return getJson<Throughput>(`${path(slug)}/throughput${query}`, signal);
    },
    meta: chartMeta(range),
  });

export const batchChangesQuery = (slug: string, range: Range) =>
  queryOptions({
    queryKey: ["batch-changes", slug, range],
    queryFn: async ({ signal }) => {
      const { from, to } = boundsOf(range, Date.now());
      return (await getJson<BatchChanges>(`${path(slug)}/batch-changes${queryString({ from, to })}`, signal))
        .items;
    },
  });

/** So many of them are listed. */
export const latestMost = 10;

/** A provider's newest deliveries. */
export const latestDeliveriesQuery = (provider: string) =>
  queryOptions({
    queryKey: ["deliveries", provider],
    queryFn: async ({ signal }) => {
      const query = queryString({ provider, status: "delivered", limit: latestMost });
      return (await getJson<Records>(`/records${query}`, signal)).items;
    },
  });

export const pauseProvider = (slug: string, body: { reason: string; until?: string }) =>
  sendJson<ProviderAct>("POST", `${path(slug)}/pause`, body);
export const resumeProvider = (slug: string) => sendJson<ProviderAct>("POST", `${path(slug)}/resume`, {});
export const probeProvider = (slug: string) => sendJson<ProviderAct>("POST", `${path(slug)}/probe`, {});

/** Changes its policy, if it still is at the version that was read. */
export const patchProvider = (slug: string, version: number, patch: PatchProvider) =>
  sendJson<Provider>("PATCH", path(slug), patch, { "if-match": `"${version}"` });
export const createProvider = (body: { slug: string; name: string; url: string }) =>
  sendJson<Provider>("POST", "/providers", body);
export const runSchedule = (slug: string, name: string, reason: string) =>
  sendJson<z.infer<typeof StartedSchedule>>(
    "POST",
    `${path(slug)}/schedules/${encodeURIComponent(name)}/run`,
    { reason },
  );
