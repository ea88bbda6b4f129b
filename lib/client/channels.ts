// Channels, and the routes to them.
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { getJson, sendJson } from "#lib/client/http.ts";
import type {
  Channels,
  CreateChannel,
  DeletedChannel,
  PatchChannel,
  Routes,
  SavedChannel,
  SaveRoutes,
  TestedChannel,
} from "#lib/contract/channel.ts";

const path = (slug: string) => `/channels/${encodeURIComponent(slug)}`;

export const channelsQuery = () =>
  queryOptions({
    queryKey: ["channels"],
    queryFn: async ({ signal }) => (await getJson<z.infer<typeof Channels>>("/channels", signal)).items,
  });

export const routesQuery = () =>
  queryOptions({
    queryKey: ["routes"],
    queryFn: async ({ signal }) => (await getJson<z.infer<typeof Routes>>("/routes", signal)).items,
  });

export const createChannel = (channel: CreateChannel) => sendJson<SavedChannel>("POST", "/channels", channel);
/** Changes it, if it still is at the version that was read. */
export const patchChannel = (slug: string, version: number, patch: PatchChannel) =>
  sendJson<SavedChannel>("PATCH", path(slug), patch, { "if-match": `"${version}"` });
export const deleteChannel = (slug: string) =>
  sendJson<z.infer<typeof DeletedChannel>>("DELETE", path(slug), undefined);
export const testChannel = (slug: string) => sendJson<TestedChannel>("POST", `${path(slug)}/test`, {});
export const saveRoutes = (routes: SaveRoutes) => sendJson<z.infer<typeof Routes>>("PUT", "/routes", routes);
