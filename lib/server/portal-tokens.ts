// End users' tokens: JWTs signed with HS256 under keys of their own. One that is not just as we make them is none.
//
//   minted ──▶ opens the page or the API until its end
//          └─ once ──▶ exchanged at first use for a session's token; a second use is refused
import { randomUUID } from "node:crypto";
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from "jose";
import { type MintToken, TokenClaims, tokenSecondsMost } from "#lib/contract/portal.ts";
import { type Env, required } from "#lib/node/env.ts";
import { portalKeys } from "#lib/node/portal-keys.ts";

/** What a token is for; one for another purpose opens nothing. */
export type TokenUse = "portal" | "portal-session";

const type = "portal+jwt";
/** How far two of our own clocks may be apart. */
const skewSeconds = 60;

export type Minted = { token: string; expiresAt: string };

export async function mintToken(env: Env, { expiresInSeconds, ...given }: MintToken): Promise<Minted> {
  const now = Math.floor(Date.now() / 1_000);
  return sign(env, {
    ...given,
    iss: "redrive",
    aud: "portal",
    iat: now,
    exp: now + expiresInSeconds,
    jti: randomUUID(),
  });
}

/** The pages that a token opens: of its own, and for a frame. */
export function addressesOf(env: Env, { token }: Minted): { url: string; embedUrl: string } {
  const at = (path: string) => {
    const url = new URL(path, required(env, "NEXTAUTH_URL"));
    url.searchParams.set("token", token);
    return url.href;
  };
  return { url: at("/my"), embedUrl: at("/embed/my") };
}

/** What a one-time token is exchanged for: the same rights until the same end. */
export const sessionToken = (env: Env, claims: TokenClaims): Promise<Minted> =>
  sign(env, { ...claims, aud: "portal-session", once: false, jti: randomUUID() });

async function sign(env: Env, claims: TokenClaims): Promise<Minted> {
  const [key] = portalKeys(env);
  const token = await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "HS256", typ: type, kid: key.id })
    .sign(key.bytes);
  return { token, expiresAt: new Date(claims.exp * 1_000).toISOString() };
}

/** What a token says, or why it says nothing to us: it is over, or it is none of ours. */
export type Verified = { claims: TokenClaims; use: TokenUse } | { problem: "expired" | "invalid" };

const longestToken = 4_000;

/** Fails closed: any doubt is `invalid`. */
export async function verifyToken(env: Env, token: string): Promise<Verified> {
  if (token.length > longestToken) return { problem: "invalid" };
  try {
    const { kid } = decodeProtectedHeader(token);
    const key = portalKeys(env).find(({ id }) => id === kid);
    if (!key) return { problem: "invalid" };
    const { payload } = await jwtVerify(token, key.bytes, {
      algorithms: ["HS256"],
      typ: type,
      issuer: "redrive",
      audience: ["portal", "portal-session"],
      requiredClaims: ["iat", "exp", "jti"],
    });
    return checked(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { problem: "expired" };
    if (error instanceof errors.JOSEError || error instanceof TypeError) return { problem: "invalid" };
    throw error;
  }
}

/** The signature is ours; that what it signs is as we make it is held all the same. */
function checked(payload: unknown): Verified {
  const parsed = TokenClaims.safeParse(payload);
  if (!parsed.success) return { problem: "invalid" };
  const { aud, iat, exp } = parsed.data;
  const isTooLong = exp - iat > tokenSecondsMost;
  const isFromLater = iat > Date.now() / 1_000 + skewSeconds;
  if ((aud !== "portal" && aud !== "portal-session") || isTooLong || isFromLater)
    return { problem: "invalid" };
  return { claims: parsed.data, use: aud };
}
