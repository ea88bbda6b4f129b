// The callback of a recovery message, for other systems and for our own page: the token is all that is needed. Only a POST
// acts: what follows links, such as a mail scanner, asks with GET or HEAD.
import { Denied } from "#db/writes/refused.ts";
import { actByLink } from "#db/writes/use-recovery-link.ts";
import { useRecoveryLink } from "#lib/contract/operations/outside.ts";
import { Recover, Recovered } from "#lib/contract/recovery.ts";
import { isRecoveryToken } from "#lib/core/recovery-link.ts";
import { sessionOf } from "#lib/server/caller.ts";
import { deps as ownDeps } from "#lib/server/deps.ts";
import { problemResponse, Refusal } from "#lib/server/problem.ts";
import { readJson } from "#lib/server/request-body.ts";
import { parsed, serveAs } from "#lib/server/route.ts";

export const dynamic = "force-dynamic";

export const POST = serveAs(useRecoveryLink, async (request, { params }) => {
  const deps = ownDeps();
  try {
    const { token } = await params;
    if (!isRecoveryToken(token)) throw new Refusal("not_found", "There is no such link.");
    const input = parsed(Recover, (await readJson(request)).value);
    const signedInAs = (await sessionOf(request, deps))?.email ?? null;
    const act = await actByLink(deps.sql, { ...input, token, signedInAs });
    return Response.json(Recovered.parse(act), { headers: { "cache-control": "no-store" } });
  } catch (error) {
    return problemResponse(error instanceof Denied ? roleMayNot(error) : error, deps.log);
  }
});

const roleMayNot = ({ permission }: Denied): Refusal =>
  new Refusal(
    "forbidden",
    `The person whom this link was sent to may not do this: it needs ${permission}. Ask somebody who has it.`,
  );
