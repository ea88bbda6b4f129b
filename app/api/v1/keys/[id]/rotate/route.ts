import { rotateKey } from "#db/writes/rotate-key.ts";
import * as operations from "#lib/contract/operations/keys.ts";
import { freshKey } from "#lib/server/fresh-key.ts";
import { ifMatchVersion } from "#lib/server/if-match.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.rotateKey, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: async ({ params: { id }, input, caller, deps, request }) => {
    const { key, ...fresh } = freshKey();
    const rotation = { id, ...input, ifVersion: ifMatchVersion(request) };
    return { ...(await rotateKey(deps.sql, rotation, fresh, caller)), key };
  },
});
