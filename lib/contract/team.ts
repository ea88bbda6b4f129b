// Teams: who looks after failures, and which they are given.

import { z } from "zod";
import { Slug } from "#lib/contract/slug.ts";
import { wholeList } from "#lib/contract/whole-list.ts";
import { teamKinds } from "#lib/core/desk.ts";
import { failureCategories } from "#lib/core/status.ts";

/** Failures that fit everything named here. */
export const TeamRule = z
  .strictObject({
    provider: Slug.nullable().default(null),
    type: z.string().min(1).max(200).nullable().default(null),
    category: z.enum(failureCategories).nullable().default(null),
    statusCode: z.int().min(100).max(599).nullable().default(null),
    /** Part of the failure's message, in any case. */
    contains: z.string().trim().min(1).max(200).nullable().default(null),
  })
  .refine((rule) => Object.values(rule).some((value) => value !== null), {
    error:
      "must name one of provider, type, category, statusCode and contains; else it would fit every failure",
  });
export type TeamRule = z.infer<typeof TeamRule>;

const settings = {
  name: z.string().trim().min(1).max(120),
  /** Which of the two skills it has: technical, or the client's data. */
  kind: z.enum(teamKinds),
  /** The order of the teams, and of their rules: the first that fits has the failure. */
  position: z.int().min(0).max(32_767),
  rules: z.array(TeamRule).max(100),
};

export const Team = z.object({ slug: Slug, ...settings, builtIn: z.boolean() });
export type Team = z.infer<typeof Team>;
export const Teams = wholeList(Team);

/** Names of the failures page's own tabs. */
const reserved = ["all", "me", "rejected"];

export const CreateTeam = z.strictObject({
  slug: Slug.refine(
    (slug) => !reserved.includes(slug),
    `must be another name: ${reserved.join(", ")} are tabs of the failures page`,
  ),
  ...settings,
  position: settings.position.default(100),
  rules: settings.rules.default([]),
});
export type CreateTeam = z.infer<typeof CreateTeam>;
export const PatchTeam = z.strictObject(settings).partial();
export type PatchTeam = z.infer<typeof PatchTeam>;

/** Over the last seven days. */
export const TeamFigures = wholeList(
  z.object({
    team: Slug,
    teamName: z.string(),
    openGroups: z.int(),
    openRecords: z.int(),
    /** Groups that began in these days. */
    groups: z.int(),
    /** Medians, ms; null while there is none. */
    firstTouchMs: z.number().nullable(),
    resolveMs: z.number().nullable(),
  }),
);
export type TeamFigures = z.infer<typeof TeamFigures>;
