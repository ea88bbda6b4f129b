import { readRecords } from "#db/reads/records.ts";
import { enqueueRecord as enqueue } from "#db/writes/enqueue-record.ts";
import { enqueueRecord, listRecords } from "#lib/contract/operations/records.ts";
import { exactPayload } from "#lib/server/exact-payload.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(listRecords, {
  run: ({ query, within, deps }) => readRecords(deps.db, { ...query, within }),
});

export const POST = serve(enqueueRecord, {
  headers: ({ id }) => ({ location: `/api/v1/records/${id}` }),
  run: async ({ input, text, deps }) => ({
    id: await enqueue(deps.sql, { ...input, payloadText: exactPayload(text) }),
  }),
});
