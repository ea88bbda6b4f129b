import { readRecords } from "#db/reads/records.ts";
import { enqueueRecord } from "#db/writes/enqueue-record.ts";
import { EnqueuedRecord, EnqueueRecord, Records, RecordsQuery } from "#lib/contract/record.ts";
import { exactPayload } from "#lib/server/exact-payload.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({
  may: "see",
  query: RecordsQuery,
  output: Records,
  run: ({ query, deps }) => readRecords(deps.db, query),
});

export const POST = route({
  may: "enqueue",
  input: EnqueueRecord,
  output: EnqueuedRecord,
  status: 201,
  headers: ({ id }) => ({ location: `/api/v1/records/${id}` }),
  run: async ({ input, text, deps }) => ({
    id: await enqueueRecord(deps.sql, { ...input, payloadText: exactPayload(text) }),
  }),
});
