// The end user who asks: whose records, and what they may do, as their token says. Anything unclear is nobody.
import { takeOnce } from "#db/writes/take-once.ts";
import type { TokenClaims } from "#lib/contract/portal.ts";
import type { PortalAction } from "#lib/core/portal.ts";
import type { Deps } from "#lib/server/deps.ts";
import { type Minted, sessionToken, verifyToken } from "#lib/server/portal-tokens.ts";

export type PortalCaller = {
  owner: string;
  actions: readonly PortalAction[];
  /** The zone that they read times in, if their token says. */
  timeZone: string | null;
  expiresAt: string;
};

/** Why a token opens nothing. `unopened`: it is good once, and must be exchanged first. */
export type ClosedWhy = "missing" | "invalid" | "expired" | "used" | "unopened";

export type Entry = { caller: PortalCaller } | { closed: ClosedWhy };

type Given = Pick<Deps, "env" | "sql">;

/** Who a token belongs to; one that is good once must be exchanged first. */
export async function portalCaller(token: string | null | undefined, { env }: Given): Promise<Entry> {
  if (!token) return { closed: "missing" };
  const verified = await verifyToken(env, token);
  if ("problem" in verified) return { closed: verified.problem };
  const { claims } = verified;
  return claims.once ? { closed: "unopened" } : { caller: callerOf(claims) };
}

/** A session of its own for a minted token: the same rights until the same end. One that is good once is used up by it. */
export async function openSession(
  token: string | null | undefined,
  { env, sql }: Given,
): Promise<{ session: Minted; wasOnce: boolean } | { closed: ClosedWhy }> {
  if (!token) return { closed: "missing" };
  const verified = await verifyToken(env, token);
  if ("problem" in verified) return { closed: verified.problem };
  const { claims, use } = verified;
  // A session's token is no way to another session.
  if (use !== "portal") return { closed: "invalid" };
  if (claims.once && !(await takeOnce(sql, `portal:${claims.jti}`, endOf(claims)))) return { closed: "used" };
  return { session: await sessionToken(env, claims), wasOnce: claims.once };
}

const callerOf = ({ owner, actions, timeZone, ...claims }: TokenClaims): PortalCaller => ({
  owner,
  actions,
  timeZone: timeZone ?? null,
  expiresAt: endOf(claims),
});

const endOf = ({ exp }: Pick<TokenClaims, "exp">): string => new Date(exp * 1_000).toISOString();
