import { deps } from "#lib/server/deps.ts";
import { eventStream } from "#lib/server/event-stream.ts";
import { route } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = route({ may: "see", run: ({ request }) => eventStream(request, deps()) });
