// Providers: policy, holds, and the figures of their charts.

import { z } from "zod";
import * as examples from "#lib/contract/examples.ts";
import { operation } from "#lib/contract/operation.ts";
import { CreateProvider, PatchProvider } from "#lib/contract/policy.ts";
import {
  BatchChanges,
  ChartRange,
  PauseProvider,
  ProbeProvider,
  Provider,
  ProviderAct,
  ProviderSummary,
  ProviderWithState,
  ResumeProvider,
  RunSchedule,
  StartedSchedule,
  Throughput,
} from "#lib/contract/provider.ts";
import { Slug } from "#lib/contract/slug.ts";
import { WholeListQuery, wholeList } from "#lib/contract/whole-list.ts";

// Whether it was given is lost where there is a default; when it was not, it follows the batch size.
const NewProvider = CreateProvider.extend({
  connectionsMax: CreateProvider.shape.connectionsMax.unwrap().optional(),
});

export const listProviders = operation({
  id: "listProviders",
  method: "GET",
  path: "/providers",
  tag: "Providers",
  summary: "All providers, and how each stands",
  may: "see",
  query: WholeListQuery,
  output: wholeList(ProviderSummary),
  within: "providers",
  example: { output: { items: [examples.providerSummary], next: null } },
});

export const createProvider = operation({
  id: "createProvider",
  method: "POST",
  path: "/providers",
  tag: "Providers",
  summary: "Makes a provider",
  may: "manage_providers",
  input: NewProvider,
  output: Provider,
  status: 201,
  headers: ["etag", "location"],
  example: {
    input: { slug: "ats", name: "ATS", url: "https://ats.example/results", batchSizeMax: 20 },
    output: { ...examples.provider, version: 1, batchSizeMax: 20 },
  },
});

export const getProvider = operation({
  id: "getProvider",
  method: "GET",
  path: "/providers/{slug}",
  tag: "Providers",
  summary: "A provider's policy, and how it stands",
  may: "see",
  params: z.object({ slug: Slug }),
  output: ProviderWithState,
  headers: ["etag"],
  within: "provider",
  example: { params: { slug: "ats" }, output: { ...examples.provider, state: examples.providerState } },
});

export const patchProvider = operation({
  id: "patchProvider",
  method: "PATCH",
  path: "/providers/{slug}",
  tag: "Providers",
  summary: "Changes a policy",
  may: "manage_providers",
  params: z.object({ slug: Slug }),
  input: PatchProvider,
  output: Provider,
  headers: ["etag"],
  ifMatch: true,
  example: {
    params: { slug: "ats" },
    input: { batchSizeMax: 20, limits: { perMinute: 600 } },
    output: { ...examples.provider, version: 4, batchSizeMax: 20 },
  },
});

export const deleteProvider = operation({
  id: "deleteProvider",
  method: "DELETE",
  path: "/providers/{slug}",
  tag: "Providers",
  summary: "Deletes a provider that nothing belongs to",
  description:
    "One with records, channels or canaries stays: switch it off with `flags.enabled: false`. It can be deleted once they are gone.",
  may: "manage_providers",
  params: z.object({ slug: Slug }),
  status: 204,
  ifMatch: true,
  problems: ["conflict"],
  example: { params: { slug: "ats" } },
});

export const pauseProvider = operation({
  id: "pauseProvider",
  method: "POST",
  path: "/providers/{slug}/pause",
  tag: "Providers",
  summary: "Holds a provider",
  may: "operate",
  params: z.object({ slug: Slug }),
  input: PauseProvider,
  output: ProviderAct,
  within: "provider",
  example: {
    params: { slug: "ats" },
    input: { reason: "they migrate", until: "2026-11-21T18:00:00Z" },
    output: examples.providerAct,
  },
});

export const resumeProvider = operation({
  id: "resumeProvider",
  method: "POST",
  path: "/providers/{slug}/resume",
  tag: "Providers",
  summary: "Lifts the hold",
  may: "operate",
  params: z.object({ slug: Slug }),
  input: ResumeProvider,
  output: ProviderAct,
  within: "provider",
  example: {
    params: { slug: "ats" },
    input: { reason: "they are back" },
    output: { ...examples.providerAct, hold: null, holdUntil: null, pausedBy: null, pauseReason: null },
  },
});

export const probeProvider = operation({
  id: "probeProvider",
  method: "POST",
  path: "/providers/{slug}/probe",
  tag: "Providers",
  summary: "Tests an open breaker now",
  may: "operate",
  params: z.object({ slug: Slug }),
  input: ProbeProvider,
  output: ProviderAct,
  within: "provider",
  example: {
    params: { slug: "ats" },
    input: {},
    output: {
      ...examples.providerAct,
      breaker: "open",
      hold: "breaker_open",
      holdUntil: null,
      pausedBy: null,
      pauseReason: null,
      probeRequestedBy: "Ada Lovelace <ada@example.com>",
    },
  },
});

export const runSchedule = operation({
  id: "runSchedule",
  method: "POST",
  path: "/providers/{slug}/schedules/{name}/run",
  tag: "Providers",
  summary: "Starts a schedule now",
  may: "operate",
  params: z.object({ slug: Slug, name: z.string().max(63) }),
  input: RunSchedule,
  output: StartedSchedule,
  status: 201,
  within: "provider",
  example: {
    params: { slug: "ats", name: "nightly" },
    input: { reason: "the night's run was missed" },
    output: { provider: "ats", schedule: "nightly", startedAt: examples.at },
  },
});

export const getProviderThroughput = operation({
  id: "getProviderThroughput",
  method: "GET",
  path: "/providers/{slug}/throughput",
  tag: "Providers",
  summary: "Chart points of a provider",
  may: "see",
  params: z.object({ slug: Slug }),
  query: ChartRange,
  output: Throughput,
  within: "provider",
  example: {
    params: { slug: "ats" },
    query: { from: "2026-11-21T13:30:00Z", step: 10 },
    output: { step: 10, items: [examples.point] },
  },
});

export const listBatchChanges = operation({
  id: "listBatchChanges",
  method: "GET",
  path: "/providers/{slug}/batch-changes",
  tag: "Providers",
  summary: "Changes of batch size and breaker, the newest first",
  may: "see",
  params: z.object({ slug: Slug }),
  query: ChartRange.omit({ step: true }),
  output: BatchChanges,
  within: "provider",
  example: {
    params: { slug: "ats" },
    query: { from: "2026-11-21T00:00:00Z" },
    output: { items: [examples.batchChange], next: null },
  },
});
