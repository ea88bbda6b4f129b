// Teams, their rules and their figures.
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { getJson, sendJson } from "#lib/client/http.ts";
import type { CreateTeam, PatchTeam, Team, TeamFigures, Teams } from "#lib/contract/team.ts";

const path = (slug: string) => `/teams/${encodeURIComponent(slug)}`;

export const teamsQuery = () =>
  queryOptions({
    queryKey: ["teams"],
    queryFn: async ({ signal }) => (await getJson<z.infer<typeof Teams>>("/teams", signal)).items,
  });

export const teamFiguresQuery = () =>
  queryOptions({
    queryKey: ["failures", "figures"],
    queryFn: async ({ signal }) => (await getJson<TeamFigures>("/teams/figures", signal)).items,
  });

export const createTeam = (team: CreateTeam) => sendJson<Team>("POST", "/teams", team);
export const patchTeam = (slug: string, patch: PatchTeam) => sendJson<Team>("PATCH", path(slug), patch);
export const deleteTeam = (slug: string) => sendJson<null>("DELETE", path(slug), undefined);
