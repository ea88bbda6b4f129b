// A new API key: 256 random bits behind a prefix, by which scanners for leaked secrets know it.
import { createHash, randomBytes } from "node:crypto";

export const keyPrefix = "rk_";

/** How much of a key is kept to tell it from others: 6 of its 43 characters. */
const hintLength = keyPrefix.length + 6;

export function freshKey(): { key: string; keyHash: string; hint: string } {
  const key = keyPrefix + randomBytes(32).toString("base64url");
  return { key, keyHash: hashOfKey(key).toString("hex"), hint: key.slice(0, hintLength) };
}

export const hashOfKey = (key: string): Buffer => createHash("sha256").update(key).digest();
