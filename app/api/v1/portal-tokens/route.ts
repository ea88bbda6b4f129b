import { audit } from "#db/writes/audit.ts";
import { inTransaction } from "#db/writes/transaction.ts";
import * as operations from "#lib/contract/operations/portal.ts";
import { addressesOf, mintToken } from "#lib/server/portal-tokens.ts";
import { serve } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serve(operations.mintPortalToken, {
  run: async ({ input, caller, deps }) => {
    const minted = await mintToken(deps.env, input);
    // An application does this for each of its users' visits; a person who does it looks at what is another's.
    if (caller.kind === "user") {
      await inTransaction(deps.sql, (sql) =>
        audit(sql, {
          actor: caller.actor,
          action: "portal.token",
          subjectKind: "owner",
          subjectId: input.owner,
          detail: { actions: input.actions, once: input.once, expiresAt: minted.expiresAt },
        }),
      );
    }
    return { ...minted, ...addressesOf(deps.env, minted) };
  },
});
