import { readRecords } from "#db/reads/records.ts";
import { exportPage, recordColumns } from "#lib/contract/export.ts";
import * as operations from "#lib/contract/operations/records.ts";
import { csvResponse } from "#lib/server/csv-stream.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.exportRecords, {
  run: ({ query: { bom, ...query }, within, deps, request }) =>
    csvResponse(
      {
        name: "records",
        columns: recordColumns,
        read: (after) => readRecords(deps.db, { ...query, within, after, limit: exportPage }),
        bom: bom === "1",
      },
      { request, log: deps.log },
    ),
});
