import { readKey } from "#db/reads/keys.ts";
import { patchKey } from "#db/writes/patch-key.ts";
import { revokeKey } from "#db/writes/revoke-key.ts";
import * as operations from "#lib/contract/operations/keys.ts";
import { ifMatchVersion } from "#lib/server/if-match.ts";
import { Refusal } from "#lib/server/problem.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.getKey, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: async ({ params: { id }, deps }) => {
    const key = await readKey(deps.db, id);
    if (!key) throw new Refusal("not_found", `There is no key ${id}.`);
    return key;
  },
});

export const PATCH = serve(operations.patchKey, {
  headers: ({ version }) => ({ etag: `"${version}"` }),
  run: ({ params: { id }, input, caller, deps, request }) =>
    patchKey(deps.sql, { id, patch: input, ifVersion: ifMatchVersion(request) }, caller),
});

export const DELETE = serve(operations.revokeKey, {
  run: ({ params: { id }, caller, deps }) => revokeKey(deps.sql, id, caller),
});
