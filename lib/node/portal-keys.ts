// The keys that sign end users' tokens: derived from REDRIVE_SECRET for this purpose alone, and, while it is being changed,
// from the secrets before it, so that nobody's page ends with a change of secret.
import { hkdfSync } from "node:crypto";
import { type Env, required } from "#lib/node/env.ts";

export type PortalKey = {
  /** Says which key a token is signed with, and nothing about the key. */
  id: string;
  bytes: Uint8Array;
};

/**
 * The key that signs, then those that only verify.
 *
 * @throws BadEnvironment where REDRIVE_SECRET is not set.
 */
export const portalKeys = (env: Env): readonly [PortalKey, ...PortalKey[]] => [
  keyOf(required(env, "REDRIVE_SECRET")),
  ...(env.REDRIVE_SECRET_PREVIOUS ?? []).map(keyOf),
];

function keyOf(secret: string): PortalKey {
  const derived = (info: string, bytes: number) => Buffer.from(hkdfSync("sha256", secret, "", info, bytes));
  return { id: derived("redrive portal key id", 6).toString("base64url"), bytes: derived("portal", 32) };
}
