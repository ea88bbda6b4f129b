// Sources of webhooks: read, made, changed, given another secret.
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { getJson, sendJson } from "#lib/client/http.ts";
import type {
  ChangedInboundSource,
  CreateInboundSource,
  DeletedInboundSource,
  InboundSources,
  PatchInboundSource,
} from "#lib/contract/inbound.ts";

const path = (slug: string) => `/inbound-sources/${encodeURIComponent(slug)}`;

export const inboundQuery = () =>
  queryOptions({
    queryKey: ["inbound-sources"],
    queryFn: async ({ signal }) =>
      (await getJson<z.infer<typeof InboundSources>>("/inbound-sources", signal)).items,
    // What came is counted every few seconds; nobody is told of it.
    refetchInterval: 10_000,
  });

export const createSource = (source: z.input<typeof CreateInboundSource>) =>
  sendJson<ChangedInboundSource>("POST", "/inbound-sources", source);
/** Changes it, if it still is at the version that was read. */
export const patchSource = (slug: string, version: number, patch: z.input<typeof PatchInboundSource>) =>
  sendJson<ChangedInboundSource>("PATCH", path(slug), patch, { "if-match": `"${version}"` });
export const deleteSource = (slug: string) =>
  sendJson<z.infer<typeof DeletedInboundSource>>("DELETE", path(slug), undefined);
