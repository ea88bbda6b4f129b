import { readKeys } from "#db/reads/keys.ts";
import { createKey } from "#db/writes/create-key.ts";
import * as operations from "#lib/contract/operations/keys.ts";
import { freshKey } from "#lib/server/fresh-key.ts";
import { serve } from "#lib/server/route.ts";
import { pageOf } from "#lib/server/whole-list.ts";

export const dynamic = "force-dynamic";

export const GET = serve(operations.listKeys, {
  run: async ({ query, deps }) => pageOf(await readKeys(deps.db), query, ({ id }) => id),
});

export const POST = serve(operations.createKey, {
  headers: ({ id, version }) => ({ etag: `"${version}"`, location: `/api/v1/keys/${id}` }),
  run: async ({ input, caller, deps }) => {
    const { key, ...fresh } = freshKey();
    return { ...(await createKey(deps.sql, input, fresh, caller)), key };
  },
});
