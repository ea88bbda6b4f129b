import * as operations from "#lib/contract/operations/overview.ts";
import { deps } from "#lib/server/deps.ts";
import { eventStream } from "#lib/server/event-stream.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.streamHints, { run: ({ request }) => eventStream(request, deps()) });
