import { readFailurePage } from "#db/reads/failures.ts";
import { exportPage, failureColumns } from "#lib/contract/export.ts";
import * as operations from "#lib/contract/operations/failures.ts";
import { csvResponse } from "#lib/server/csv-stream.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.exportFailures, {
  run: ({ query: { bom, ...query }, within, deps, request }) =>
    csvResponse(
      {
        name: "failures",
        columns: failureColumns,
        read: (after) => readFailurePage(deps.db, { ...query, within, after, limit: exportPage }),
        bom: bom === "1",
      },
      { request, log: deps.log },
    ),
});
