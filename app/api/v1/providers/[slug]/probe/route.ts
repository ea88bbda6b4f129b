import { probeProvider } from "#db/writes/probe-provider.ts";
import * as operations from "#lib/contract/operations/providers.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.probeProvider, {
  run: ({ params, input, caller, deps }) => probeProvider(deps.sql, { ...params, ...input }, caller),
});
