// Records: taken, listed, looked at, and acted on.

import { z } from "zod";
import * as examples from "#lib/contract/examples.ts";
import { csvText, ExportRecordsQuery, recordColumns } from "#lib/contract/export.ts";
import { Assign, MoveRecord } from "#lib/contract/group.ts";
import { operation } from "#lib/contract/operation.ts";
import { ShownPayload, ShowPayload } from "#lib/contract/payload.ts";
import {
  CancelRetry,
  EnqueuedRecord,
  EnqueueRecord,
  RecordAct,
  RecordDetail,
  RecordId,
  Records,
  RecordsQuery,
  RejectRecord,
  ReopenRecord,
  RetryRecord,
  SkipRecord,
} from "#lib/contract/record.ts";

export const listRecords = operation({
  id: "listRecords",
  method: "GET",
  path: "/records",
  tag: "Records",
  summary: "Lists records, the newest first",
  may: "see",
  query: RecordsQuery,
  output: Records,
  within: "records",
  example: { query: { status: "failed", provider: "ats" }, output: { items: [examples.record], next: null } },
});

export const exportRecords = operation({
  id: "exportRecords",
  method: "GET",
  path: "/records.csv",
  tag: "Records",
  summary: "All records that a filter finds, as CSV, the newest first",
  description:
    "The list's filters, without pages: it is read as fast as it is taken, and what comes meanwhile is not in it. A connection that ends without the last chunk has brought a part only. A text that a spreadsheet would take for a formula begins with an apostrophe.",
  may: "see",
  query: ExportRecordsQuery,
  answers: "text/csv",
  headers: ["content-disposition"],
  within: "records",
  example: {
    query: { status: "delivered", provider: "ats", from: "2026-11-01T00:00:00Z" },
    text: csvText(recordColumns, [examples.record]),
  },
});

export const enqueueRecord = operation({
  id: "enqueueRecord",
  method: "POST",
  path: "/records",
  tag: "Records",
  summary: "Takes a record, to be delivered to its provider",
  description:
    "Where its `idempotencyKey` is known, nothing is stored, and the answer is the first record's id.",
  may: "enqueue",
  input: EnqueueRecord,
  within: "new_record",
  output: EnqueuedRecord,
  status: 201,
  problems: ["unknown_provider", "payload_too_large", "conflict"],
  example: {
    input: { provider: "ats", payload: { candidate: 7 }, subject: "Candidate 7" },
    output: { id: "019f0000-0000-7000-8000-000000000007" },
  },
  headers: ["location"],
});

export const getRecord = operation({
  id: "getRecord",
  method: "GET",
  path: "/records/{id}",
  tag: "Records",
  summary: "One record, with its payload and timeline",
  may: "see",
  params: z.object({ id: RecordId }),
  within: "record",
  output: RecordDetail,
  example: { params: { id: examples.recordId }, output: examples.wholeRecord },
});

export const retryRecord = operation({
  id: "retryRecord",
  method: "POST",
  path: "/records/{id}/retry",
  tag: "Records",
  summary: "Sends a failure again",
  // Which of the two is needed depends on the failure's team.
  may: ["retry_technical", "retry_client_data"],
  params: z.object({ id: RecordId }),
  within: "record",
  input: RetryRecord,
  output: RecordAct,
  example: {
    params: { id: examples.recordId },
    input: { reason: "they fixed it" },
    output: examples.retried,
  },
});

export const cancelRetry = operation({
  id: "cancelRetry",
  method: "POST",
  path: "/records/{id}/cancel",
  tag: "Records",
  summary: "Takes a retry back while it has not left",
  // Which of the two is needed depends on the failure's team.
  may: ["retry_technical", "retry_client_data"],
  params: z.object({ id: RecordId }),
  within: "record",
  input: CancelRetry,
  output: RecordAct,
  example: { params: { id: examples.recordId }, input: {}, output: examples.stillFailed },
});

export const rejectRecord = operation({
  id: "rejectRecord",
  method: "POST",
  path: "/records/{id}/reject",
  tag: "Records",
  summary: "Closes a failure unsent",
  // Which of the two is needed depends on the failure's team.
  may: ["reject_technical", "reject_client_data"],
  params: z.object({ id: RecordId }),
  within: "record",
  input: RejectRecord,
  output: RecordAct,
  example: {
    params: { id: examples.recordId },
    input: { reason: "duplicate of 7", code: "duplicate" },
    output: examples.rejected,
  },
});

export const reopenRecord = operation({
  id: "reopenRecord",
  method: "POST",
  path: "/records/{id}/reopen",
  tag: "Records",
  summary: "Takes a rejection back",
  // Which of the two is needed depends on the failure's team.
  may: ["reject_technical", "reject_client_data"],
  params: z.object({ id: RecordId }),
  within: "record",
  input: ReopenRecord,
  output: RecordAct,
  example: {
    params: { id: examples.recordId },
    input: { reason: "rejected by mistake" },
    output: examples.stillFailed,
  },
});

export const skipRecord = operation({
  id: "skipRecord",
  method: "POST",
  path: "/records/{id}/skip",
  tag: "Records",
  summary: "Lets later records of its ordering key pass a failed one",
  // Which of the two is needed depends on the failure's team.
  may: ["reject_technical", "reject_client_data"],
  params: z.object({ id: RecordId }),
  within: "record",
  input: SkipRecord,
  output: RecordAct,
  example: {
    params: { id: examples.recordId },
    input: { reason: "the later ones do not need it" },
    output: examples.stillFailed,
  },
});

export const showPayload = operation({
  id: "showPayload",
  method: "POST",
  path: "/records/{id}/payload",
  tag: "Records",
  summary: "A record's payload as exact JSON text, and what of it may be changed",
  may: ["see_payload", "edit", "edit_allowed"],
  params: z.object({ id: RecordId }),
  within: "record",
  input: ShowPayload,
  output: ShownPayload,
  isSecret: true,
  example: {
    params: { id: examples.recordId },
    input: { reason: "the customer asked" },
    output: {
      payload: '{"candidate": 7, "score": 0.92}',
      revision: 0,
      edit: { allowed: ["/score"], locked: ["/candidate"] },
    },
  },
});

export const assignRecord = operation({
  id: "assignRecord",
  method: "POST",
  path: "/records/{id}/assign",
  tag: "Records",
  summary: "Gives a failure to a person",
  may: "assign",
  params: z.object({ id: RecordId }),
  within: "record",
  input: Assign,
  output: RecordAct,
  example: {
    params: { id: examples.recordId },
    input: { assignee: "ada@example.com", from: null },
    output: examples.stillFailed,
  },
});

export const moveRecord = operation({
  id: "moveRecord",
  method: "POST",
  path: "/records/{id}/move",
  tag: "Records",
  summary: "Gives a failure to another team",
  may: "assign",
  params: z.object({ id: RecordId }),
  within: "record",
  input: MoveRecord,
  output: RecordAct,
  example: {
    params: { id: examples.recordId },
    input: { team: "client_data", reason: "the data is wrong" },
    output: examples.stillFailed,
  },
});
