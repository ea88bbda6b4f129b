// Canaries: synthetic records on a schedule.

import { z } from "zod";
import {
  Canaries,
  CanariesQuery,
  Canary,
  CanaryRuns,
  CanaryRunsQuery,
  ChangedCanary,
  CreateCanary,
  DeletedCanary,
  PatchCanary,
  RunCanary,
  StartedCanary,
} from "#lib/contract/canary.ts";
import * as desk from "#lib/contract/desk-examples.ts";
import * as examples from "#lib/contract/examples.ts";
import { operation } from "#lib/contract/operation.ts";
import { Slug } from "#lib/contract/slug.ts";

export const listCanaries = operation({
  id: "listCanaries",
  method: "GET",
  path: "/canaries",
  tag: "Canaries",
  summary: "Canaries, each with how it stands and its last runs",
  may: "see",
  query: CanariesQuery,
  output: Canaries,
  example: { query: { provider: "ats" }, output: { items: [desk.canary], next: null } },
});

export const createCanary = operation({
  id: "createCanary",
  method: "POST",
  path: "/canaries",
  tag: "Canaries",
  summary: "Makes a canary",
  may: "manage_desk",
  input: CreateCanary,
  output: ChangedCanary,
  status: 201,
  headers: ["etag", "location"],
  example: {
    input: {
      slug: "ats-ping",
      provider: "ats",
      cron: "*/5 * * * *",
      payload: { candidate: 0 },
      expect: { status: 200 },
    },
    output: { slug: "ats-ping", version: 1 },
  },
});

export const getCanary = operation({
  id: "getCanary",
  method: "GET",
  path: "/canaries/{slug}",
  tag: "Canaries",
  summary: "One canary",
  may: "see",
  params: z.object({ slug: Slug }),
  output: Canary,
  headers: ["etag"],
  example: { params: { slug: "ats-ping" }, output: desk.canary },
});

export const patchCanary = operation({
  id: "patchCanary",
  method: "PATCH",
  path: "/canaries/{slug}",
  tag: "Canaries",
  summary: "Changes a canary",
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  input: PatchCanary,
  output: ChangedCanary,
  headers: ["etag"],
  ifMatch: true,
  example: {
    params: { slug: "ats-ping" },
    input: { limitMs: 5_000 },
    output: { slug: "ats-ping", version: 2 },
  },
});

export const deleteCanary = operation({
  id: "deleteCanary",
  method: "DELETE",
  path: "/canaries/{slug}",
  tag: "Canaries",
  summary: "Deletes a canary, with its runs",
  may: "manage_desk",
  params: z.object({ slug: Slug }),
  output: DeletedCanary,
  problems: ["conflict"],
  ifMatch: true,
  example: { params: { slug: "ats-ping" }, output: { slug: "ats-ping" } },
});

export const runCanary = operation({
  id: "runCanary",
  method: "POST",
  path: "/canaries/{slug}/run",
  tag: "Canaries",
  summary: "Starts a canary now",
  may: "operate",
  params: z.object({ slug: Slug }),
  input: RunCanary,
  output: StartedCanary,
  status: 201,
  example: {
    params: { slug: "ats-ping" },
    input: { reason: "after the release" },
    output: { canary: "ats-ping", provider: "ats", recordId: examples.recordId, startedAt: examples.at },
  },
});

export const listCanaryRuns = operation({
  id: "listCanaryRuns",
  method: "GET",
  path: "/canaries/{slug}/runs",
  tag: "Canaries",
  summary: "The runs of a canary, the newest first",
  may: "see",
  params: z.object({ slug: Slug }),
  query: CanaryRunsQuery,
  output: CanaryRuns,
  example: { params: { slug: "ats-ping" }, output: { items: [desk.canaryRun], next: null } },
});
