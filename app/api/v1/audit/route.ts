import { readAudit } from "#db/reads/audit.ts";
import { listAudit } from "#lib/contract/operations/audit.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(listAudit, { run: ({ query, deps }) => readAudit(deps.db, query) });
