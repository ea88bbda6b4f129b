// Teams, and how they do.

import { z } from "zod";
import * as desk from "#lib/contract/desk-examples.ts";
import { operation } from "#lib/contract/operation.ts";
import { Slug } from "#lib/contract/slug.ts";
import { CreateTeam, PatchTeam, Team, TeamFigures, Teams } from "#lib/contract/team.ts";
import { WholeListQuery } from "#lib/contract/whole-list.ts";

export const listTeams = operation({
  id: "listTeams",
  method: "GET",
  path: "/teams",
  tag: "Teams",
  summary: "Teams with their rules",
  may: "see",
  query: WholeListQuery,
  output: Teams,
  example: { output: { items: [desk.team], next: null } },
});

export const createTeam = operation({
  id: "createTeam",
  method: "POST",
  path: "/teams",
  tag: "Teams",
  summary: "Makes a team",
  may: "manage_desk",
  input: CreateTeam,
  output: Team,
  status: 201,
  headers: ["location"],
  example: {
    input: {
      slug: "payments",
      name: "Payments",
      kind: "technical",
      position: 10,
      rules: [{ provider: "psp" }],
    },
    output: desk.team,
  },
});

export const patchTeam = operation({
  id: "patchTeam",
  method: "PATCH",
  path: "/teams/{slug}",
  tag: "Teams",
  summary: "Changes a team",
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  input: PatchTeam,
  output: Team,
  example: { params: { slug: "payments" }, input: { name: "Payments" }, output: desk.team },
});

export const deleteTeam = operation({
  id: "deleteTeam",
  method: "DELETE",
  path: "/teams/{slug}",
  tag: "Teams",
  summary: "Deletes a team",
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  status: 204,
  problems: ["conflict"],
  example: { params: { slug: "payments" } },
});

export const getTeamFigures = operation({
  id: "getTeamFigures",
  method: "GET",
  path: "/teams/figures",
  tag: "Teams",
  summary: "How the teams do, over seven days",
  may: "see",
  query: WholeListQuery,
  output: TeamFigures,
  example: {
    output: {
      items: [
        {
          team: "technical",
          teamName: "Technical",
          openGroups: 1,
          openRecords: 12,
          groups: 4,
          firstTouchMs: 240_000,
          resolveMs: 3_600_000,
        },
      ],
      next: null,
    },
  },
});
