import { resumeProvider } from "#db/writes/resume-provider.ts";
import * as operations from "#lib/contract/operations/providers.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.resumeProvider, {
  run: ({ params, input, caller, deps }) => resumeProvider(deps.sql, { ...params, ...input }, caller),
});
