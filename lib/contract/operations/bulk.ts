// Bulk operations: previewed, started, listed, paused, resumed, cancelled.
import { z } from "zod";
import {
  ChangeOperation,
  CreateOperation,
  Operation,
  OperationDetail,
  OperationId,
  OperationPreview,
  OperationRecords,
  OperationRecordsQuery,
  Operations,
  OperationsQuery,
  PreviewOperation,
} from "#lib/contract/bulk.ts";
import { operation } from "#lib/contract/operation.ts";

const tag = "Operations";
const id = "019f0000-0000-7000-8000-000000000042";
const params = z.object({ id: OperationId });
const filter = { provider: "ats", statusCode: 503 };
const cutoff = "2026-03-01T14:00:00Z";
const reason = "they mended it";

const running = {
  id,
  action: "retry",
  state: "running",
  filter,
  cutoff,
  reason,
  code: null,
  rate: 20,
  first: null,
  matched: 1_240,
  eligible: 1_240,
  acted: 200,
  left: 1_040,
  skipped: { notAllowed: 0, taken: 0, busy: 0 },
  remainingMs: 52_000,
  createdAt: "2026-03-01T14:00:05.123456Z",
  createdBy: "Ada <ada@example.org>",
  changedAt: null,
  changedBy: null,
  changeReason: null,
  endedAt: null,
} as const;

const changed = {
  changedAt: "2026-03-01T14:00:20.5Z",
  changedBy: "Bob <bob@example.org>",
  changeReason: "look first",
};

export const listOperations = operation({
  id: "listOperations",
  method: "GET",
  path: "/operations",
  tag,
  summary: "Lists bulk operations, the newest first",
  may: "see",
  query: OperationsQuery,
  output: Operations,
  example: { query: { state: "running" }, output: { items: [running], next: null } },
});

export const previewOperation = operation({
  id: "previewOperation",
  method: "POST",
  path: "/operations/preview",
  tag,
  summary: "Counts what an operation would cover",
  description: "Its `cutoff` and `matched` go into the operation, as `cutoff` and `expected`.",
  may: "bulk",
  input: PreviewOperation,
  output: OperationPreview,
  example: {
    input: { action: "retry", filter },
    output: {
      cutoff,
      matched: 1_240,
      eligible: 1_240,
      notAllowed: 0,
      rateMax: 50,
      rateUsual: 20,
      providers: [{ provider: "ats", eligible: 1_240 }],
    },
  },
});

export const createOperation = operation({
  id: "createOperation",
  method: "POST",
  path: "/operations",
  tag,
  summary: "Retries or rejects all failures that match a filter",
  description:
    "Only what failed until the cutoff. More than 1,000 records take `bulk_many`. When over 5 % more match than were expected, the answer is 409 and nothing is done. When whoever started it, or resumed it last, may no longer do it, Redrive cancels the rest.",
  may: "bulk",
  input: CreateOperation,
  output: Operation,
  status: 201,
  headers: ["location"],
  problems: ["conflict"],
  example: {
    input: { action: "retry", filter, cutoff, expected: 1_240, rate: 20, reason },
    output: { ...running, acted: 0, left: 1_240, remainingMs: 62_000 },
  },
});

export const readOperation = operation({
  id: "readOperation",
  method: "GET",
  path: "/operations/{id}",
  tag,
  summary: "One bulk operation, with its progress and what of it failed again",
  may: "see",
  params,
  output: OperationDetail,
  problems: ["not_found"],
  example: { params: { id }, output: { ...running, failedAgain: 3 } },
});

export const listOperationRecords = operation({
  id: "listOperationRecords",
  method: "GET",
  path: "/operations/{id}/records",
  tag,
  summary: "What an operation has acted on, and how it stands now",
  may: "see",
  params,
  query: OperationRecordsQuery,
  output: OperationRecords,
  problems: ["not_found"],
  example: { params: { id }, query: { limit: 10 }, output: { items: [], next: null } },
});

export const pauseOperation = operation({
  id: "pauseOperation",
  method: "POST",
  path: "/operations/{id}/pause",
  tag,
  summary: "Stops a running operation where it is",
  description: "What it gave a time in the next two seconds still goes.",
  may: "bulk",
  params,
  input: ChangeOperation,
  output: Operation,
  problems: ["not_found", "conflict"],
  example: {
    params: { id },
    input: { reason: "look first" },
    output: { ...running, ...changed, state: "paused", remainingMs: null },
  },
});

export const resumeOperation = operation({
  id: "resumeOperation",
  method: "POST",
  path: "/operations/{id}/resume",
  tag,
  summary: "Lets a paused operation go on where it stopped",
  description: "Needs what starting it needed.",
  may: "bulk",
  params,
  input: ChangeOperation,
  output: Operation,
  problems: ["not_found", "conflict"],
  example: { params: { id }, input: {}, output: { ...running, ...changed, changeReason: null } },
});

export const cancelOperation = operation({
  id: "cancelOperation",
  method: "POST",
  path: "/operations/{id}/cancel",
  tag,
  summary: "Ends an operation: the rest of the failures stay as they are",
  may: "bulk",
  params,
  input: ChangeOperation,
  output: Operation,
  problems: ["not_found", "conflict"],
  example: {
    params: { id },
    input: { reason: "look first" },
    output: { ...running, ...changed, state: "cancelled", remainingMs: null, endedAt: changed.changedAt },
  },
});
