// Secrets at rest: AES-256-GCM under a key derived from REDRIVE_SECRET. A sealed text is `v1.<iv>.<tag>.<ciphertext>`,
// each base64url; `bound` (the row it belongs to) is authenticated, so a sealed text cannot be moved to another row.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const keyOf = (secret: string): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "", "redrive sealed v1", 32));

/** Encrypts `plain` for the row named by `bound`. */
export function seal(secret: string, bound: string, plain: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyOf(secret), iv).setAAD(Buffer.from(bound));
  const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return ["v1", ...[iv, cipher.getAuthTag(), text].map((part) => part.toString("base64url"))].join(".");
}

/** @throws when the text was sealed under another secret, for another row, or was changed. */
export function unseal(secret: string, bound: string, sealed: string): string {
  const [version, ...parts] = sealed.split(".");
  const [iv, tag, text] = parts.map((part) => Buffer.from(part, "base64url"));
  if (version !== "v1" || !iv || !tag || !text) throw new Error("not a sealed secret");
  const decipher = createDecipheriv("aes-256-gcm", keyOf(secret), iv).setAAD(Buffer.from(bound));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
}
