// Secrets at rest: AES-256-GCM under keys derived from REDRIVE_SECRET and, while it is being changed, from the secrets
// before it. `bound` (the row that a text belongs to) is authenticated, so a sealed text can't be moved to another row.
//
//   v2.<key id>.<iv>.<tag>.<ciphertext>   what is written
//   v1.<iv>.<tag>.<ciphertext>            what was written before keys had ids; read still
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { type Env, required } from "#lib/node/env.ts";

type Key = {
  /** Says which key a text is sealed under, and nothing about the key. */
  id: string;
  bytes: Buffer;
};

/** The key that seals, then those that only open. */
export type Keyring = readonly [Key, ...Key[]];

/** A text that no key at hand opens. */
export class CannotOpen extends Error {
  override name = "CannotOpen";
}

/** null where REDRIVE_SECRET is not set: then nothing can be sealed or opened. */
export const keyring = (env: Env): Keyring | null =>
  env.REDRIVE_SECRET === undefined ? null : requiredKeyring(env);

/** @throws BadEnvironment where REDRIVE_SECRET is not set. */
export const requiredKeyring = (env: Env): Keyring =>
  keyringOf(required(env, "REDRIVE_SECRET"), ...(env.REDRIVE_SECRET_PREVIOUS ?? []));

export const keyringOf = (present: string, ...previous: string[]): Keyring => [
  keyOf(present),
  ...previous.map(keyOf),
];

function keyOf(secret: string): Key {
  const derived = (info: string, bytes: number) => Buffer.from(hkdfSync("sha256", secret, "", info, bytes));
  return {
    id: derived("redrive key id", 6).toString("base64url"),
    bytes: derived("redrive sealed v1", 32),
  };
}

/** Encrypts `plain` for the row named by `bound`, under the present key. */
export function seal([key]: Keyring, bound: string, plain: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, iv).setAAD(Buffer.from(bound));
  const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return ["v2", key.id, ...[iv, cipher.getAuthTag(), text].map((part) => part.toString("base64url"))].join(
    ".",
  );
}

/** @throws CannotOpen when the text was sealed under an unknown key, for another row, or was changed. */
export function unseal(keys: Keyring, bound: string, sealed: string): string {
  const [version, ...rest] = sealed.split(".");
  if (version === "v1") return openWithAny(keys, bound, rest);
  if (version !== "v2") throw new CannotOpen("not a sealed secret");
  const [id, ...parts] = rest;
  const key = keys.find((each) => each.id === id);
  if (!key) throw new CannotOpen("sealed under a secret that is not given here");
  const plain = open(key, bound, parts);
  if (plain === null) throw new CannotOpen("changed since it was sealed, or sealed for another row");
  return plain;
}

/** Whether a text is sealed as it would be now. */
export const isSealedUnderPresent = ([key]: Keyring, sealed: string): boolean =>
  sealed.startsWith(`v2.${key.id}.`);

function openWithAny(keys: Keyring, bound: string, parts: string[]): string {
  for (const key of keys) {
    const plain = open(key, bound, parts);
    if (plain !== null) return plain;
  }
  throw new CannotOpen("sealed under a secret that is not given here, for another row, or changed since");
}

function open({ bytes }: Key, bound: string, parts: string[]): string | null {
  const [iv, tag, text] = parts.map((part) => Buffer.from(part, "base64url"));
  // A shorter tag would be easier to forge.
  if (parts.length !== 3 || !iv || tag?.length !== 16 || !text) return null;
  try {
    const decipher = createDecipheriv("aes-256-gcm", bytes, iv).setAAD(Buffer.from(bound));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
