// The provider's OAuth2 tokens (client credentials): short-lived, counted, revocable.
import { randomBytes } from "node:crypto";

export type Tokens = {
  /** Token → when it ends, on the caller's clock. */
  endsAt: Map<string, number>;
  issued: number;
};

export const noTokens = (): Tokens => ({ endsAt: new Map(), issued: 0 });

export function issueToken(tokens: Tokens, seconds: number, nowMs: number): string {
  for (const [token, endsAt] of tokens.endsAt) if (endsAt <= nowMs) tokens.endsAt.delete(token);
  const token = randomBytes(18).toString("base64url");
  tokens.endsAt.set(token, nowMs + seconds * 1_000);
  tokens.issued++;
  return token;
}

/** Whether the `Authorization` header carries a token that still lives. */
export function isAuthorized(tokens: Tokens, authorization: string | undefined, nowMs: number): boolean {
  const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
  return token !== undefined && (tokens.endsAt.get(token) ?? 0) > nowMs;
}

export type TokenRequest = { authorization: string | undefined; body: string };
export type TokenRefusal = "unsupported_grant_type" | "invalid_client";

/** The credentials may come by `Authorization: Basic` or in the form; any client id will do. */
export function refuseTokenRequest(
  { authorization, body }: TokenRequest,
  clientSecret: string | null,
): TokenRefusal | null {
  const form = new URLSearchParams(body);
  if (form.get("grant_type") !== "client_credentials") return "unsupported_grant_type";
  const secret = basicPassword(authorization) ?? form.get("client_secret");
  if (secret === null || secret === "") return "invalid_client";
  return clientSecret === null || secret === clientSecret ? null : "invalid_client";
}

function basicPassword(authorization: string | undefined): string | null {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  const pair = Buffer.from(encoded, "base64").toString();
  const colon = pair.indexOf(":");
  if (colon < 0) return null;
  const password = pair.slice(colon + 1);
  // RFC 6749 has both form-encoded before they are joined.
  try {
    return decodeURIComponent(password.replaceAll("+", " "));
  } catch {
    return password;
  }
}
