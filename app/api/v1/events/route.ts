import { readSystemEvents } from "#db/reads/system-events.ts";
import { listEvents } from "#lib/contract/operations/audit.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(listEvents, { run: ({ query, deps }) => readSystemEvents(deps.db, query) });
