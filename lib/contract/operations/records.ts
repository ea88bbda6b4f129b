// Records: taken, listed, looked at, and acted on.
import { operation } from "#lib/contract/operation.ts";
import { EnqueuedRecord, EnqueueRecord, Records, RecordsQuery } from "#lib/contract/record.ts";

export const listRecords = operation({
  id: "listRecords",
  method: "GET",
  path: "/records",
  tag: "Records",
  summary: "Lists records, the newest first",
  may: "see",
  query: RecordsQuery,
  output: Records,
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
  output: EnqueuedRecord,
  status: 201,
  problems: ["unknown_provider", "payload_too_large", "conflict"],
  example: {
    input: { provider: "ats", payload: { candidate: 7 }, subject: "Candidate 7" },
    output: { id: "019f0000-0000-7000-8000-000000000007" },
  },
});
